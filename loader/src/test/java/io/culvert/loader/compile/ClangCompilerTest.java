// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.BtfType;
import io.culvert.loader.btf.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClangCompilerTest {

    private static final Path SOURCES = Path.of("..", "bpf").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void compilesEveryFileOfADirectory() throws IOException {
        Files.createDirectory(directory.resolve("include"));
        write("include/shared.h", "struct shared { unsigned int number; };");
        write(
                "one.c",
                "#include <linux/types.h>\n#include \"shared.h\"\n__u32 one(struct shared *s) { return s->number; }");
        write("two.c", "int two(void) { return 2; }");
        var objects = ClangCompiler.onPath().compile(directory);
        assertThat(objects).containsOnlyKeys("one", "two");
        assertThat(Btf.read(ElfFile.read(Objects.requireNonNull(objects.get("one"))))
                        .find(BtfType.Struct.class, "shared"))
                .isPresent();
    }

    @Test
    void showsEveryMessageOfEveryFile() throws IOException {
        Files.createDirectory(directory.resolve("include"));
        write("include/broken.h", "struct broken { absent_t field; };");
        write("a.c", "#include \"broken.h\"\nint a(void)\n{\n\treturn missing;\n}");
        write("b.c", "int b(void) { return 0; }");
        write("c.c", "int c(void)\n{\n\tint unused;\n\treturn 0;\n}");
        assertThatThrownBy(() -> ClangCompiler.onPath().compile(directory))
                .isInstanceOf(CompileException.class)
                .hasMessageStartingWith(
                        "compile eBPF programs in " + directory + ": 2 of 3 files failed; correct what clang reports\n")
                .hasMessageContaining("\ninclude/broken.h:1:17: error: unknown type name 'absent_t'\n")
                .hasMessageContaining("\na.c:4:9: error: use of undeclared identifier 'missing'\n")
                .hasMessageContaining("\nc.c:3:6: error: unused variable 'unused'")
                .asInstanceOf(InstanceOfAssertFactories.type(CompileException.class))
                .satisfies(e -> assertThat(e.diagnostics()).hasSize(3));
    }

    @Test
    void saysWhatToDoWithoutACompiler() {
        assertThatThrownBy(() -> ClangCompiler.on("/nonexistent:").compile(directory))
                .isInstanceOf(CompileException.class)
                .hasMessage("compile eBPF programs in " + directory
                        + ": clang is not installed; install it (apt install clang llvm)");
    }

    @Test
    void saysWhatToDoWithoutSources() {
        assertThatThrownBy(() -> ClangCompiler.onPath().compile(directory))
                .isInstanceOf(CompileException.class)
                .hasMessageEndingWith("there is no *.c file; name a directory that has some");
        assertThatThrownBy(() -> ClangCompiler.onPath().compile(directory.resolve("absent")))
                .isInstanceOf(CompileException.class)
                .hasMessageEndingWith("name a directory of C sources");
    }

    @Test
    void saysThatTheCompilerDiedWithoutAMessage() throws IOException {
        write("a.c", "int a;");
        program("clang", "echo 'stack dump'; exit 139");
        program("llvm-strip", "exit 0");
        assertThatThrownBy(() -> ClangCompiler.on(directory.toString()).compile(directory))
                .isInstanceOf(CompileException.class)
                .hasMessageEndingWith("\na.c: error: the compiler ended with status 139 stack dump");
    }

    /// The objects of the build and those that a node compiles are the same bytes.
    @Test
    void makesWhatTheBuildMakes() throws IOException, InterruptedException {
        build(SOURCES, System.getenv("PATH"));
        var compiled = ClangCompiler.onPath().compile(SOURCES);
        assertThat(compiled).isNotEmpty();
        for (var object : compiled.entrySet()) {
            assertThat(directory.resolve("out").resolve(object.getKey() + ".o")).hasBinaryContent(object.getValue());
        }
    }

    /// Both run the same programs with the same flags, apart from how messages are written and where the output goes.
    @Test
    void runsTheCompilerAsTheBuildDoes() throws IOException, InterruptedException {
        write("a.c", "int a;");
        Path log = directory.resolve("log");
        for (String name : List.of("clang", "llvm-strip")) {
            program(name, "echo \"" + name + " $*\" >>" + log + "; for last; do :; done; touch \"$last\"");
        }
        build(directory, directory + ":" + System.getenv("PATH"));
        List<String> ofTheBuild = runs(log);
        Files.delete(log);
        assertThat(ClangCompiler.on(directory.toString()).compile(directory)).containsOnlyKeys("a");
        assertThat(runs(log)).isEqualTo(ofTheBuild).hasSize(2);
    }

    private static List<String> runs(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(line -> line.replaceAll(" -f(no-caret-diagnostics|no-color-diagnostics|error-limit=0)", "")
                            .replaceAll("\\S+\\.o$", "OUTPUT"))
                    .toList();
        }
    }

    private void build(Path sources, String searchPath) throws IOException, InterruptedException {
        var script = new ProcessBuilder(
                SOURCES.resolve("compile").toString(),
                sources.toString(),
                directory.resolve("out").toString());
        script.environment().put("PATH", searchPath);
        assertThat(script.inheritIO().start().waitFor()).isZero();
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(directory.resolve(file), content + "\n");
    }

    private void program(String name, String commands) throws IOException {
        Path file = directory.resolve(name);
        write(name, "#!/bin/sh\n" + commands);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
