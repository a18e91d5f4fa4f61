// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher `culvert` beside a program that is built already, with Javas that print how they are called.
final class LauncherTest {

    @TempDir
    private Path home;

    private record Run(int status, String output) {}

    @BeforeEach
    void install() throws IOException {
        Files.copy(Path.of("..", "culvert"), home.resolve("culvert"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createFile(home.resolve("culvert.jar"));
        Files.createFile(home.resolve("jvm.options"));
    }

    @Test
    void theProgramRunsWithItsFlagsAndArguments() throws Exception {
        Path jdk = java("jdk-25", "25.0.1");

        assertThat(run(Map.of("JAVA_HOME", jdk.toString()), "service", "list", "a b"))
                .isEqualTo(new Run(
                        0,
                        jdk + "/bin/java @%1$s/jvm.options -jar %1$s/culvert.jar service list a b\n".formatted(home)));
    }

    @Test
    void theCacheIsUsedIfItIsThere() throws Exception {
        Files.createFile(home.resolve("culvert.aot"));
        Path jdk = java("jdk-26", "26");

        assertThat(run(Map.of("JAVA_HOME", jdk.toString(), "CULVERT_JAVA_OPTS", "-Xmx1g -ea"), "version")
                        .output())
                .isEqualTo(jdk
                        + "/bin/java @%1$s/jvm.options -XX:AOTCache=%1$s/culvert.aot -Xmx1g -ea -jar %1$s/culvert.jar version\n"
                                .formatted(home));
    }

    @Test
    void aJavaThatIsTooOldIsPassedOver() throws Exception {
        Path old = java("jdk-17", "17.0.15");
        Path jdk = java("jre", "25.0.3");

        assertThat(run(Map.of("JAVA_HOME", old.toString()), "version").output()).startsWith(jdk + "/bin/java ");
    }

    @Test
    void theJavaOnThePathIsFoundThroughItsLink() throws Exception {
        Path jdk = java("somewhere", "25-ea");
        Path bin = Files.createDirectory(home.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));

        assertThat(run(Map.of("PATH", bin + ":/usr/bin:/bin"), "version").output())
                .startsWith(jdk + "/bin/java ");
    }

    @Test
    void aLinkToTheLauncherFindsTheProgram() throws Exception {
        Path jdk = java("jdk-25", "25.0.1");
        Path link = Files.createSymbolicLink(home.resolve("link"), home.resolve("culvert"));

        assertThat(run(link, Map.of("JAVA_HOME", jdk.toString()), "version").output())
                .contains(home + "/culvert.jar version");
    }

    @Test
    void shellcheckHasNothingToSay() throws Exception {
        Path checker = Path.of("/usr/bin/shellcheck");
        if (!Files.isExecutable(checker)) {
            // Without it only bash's own check of the syntax is left.
            assertThat(execute(List.of("bash", "-n", "../culvert"), Map.of())).isEqualTo(new Run(0, ""));
            return;
        }
        assertThat(execute(
                        List.of(checker.toString(), "../culvert", "../.ci/run", "aot-cache", "../bpf/compile"),
                        Map.of()))
                .isEqualTo(new Run(0, ""));
    }

    private Path java(String name, String version) throws IOException {
        Path jdk = home.resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        Path java = Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\necho \"$(readlink -f \"$0\")\" \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return jdk;
    }

    private Run run(Map<String, String> environment, String... args) throws Exception {
        return run(home.resolve("culvert"), environment, args);
    }

    private static Run run(Path launcher, Map<String, String> environment, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        return execute(command, environment);
    }

    private static Run execute(List<String> command, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "CULVERT_JAVA_OPTS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
