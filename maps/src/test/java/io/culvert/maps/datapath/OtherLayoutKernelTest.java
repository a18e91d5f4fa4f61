// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.maps.layout.LayoutMismatchException;
import io.culvert.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs compiled from a `layout.h` that someone changed.
@KernelTest(commands = "clang")
final class OtherLayoutKernelTest {

    private static final Path BPF = Path.of("../bpf");

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    @TempDir
    Path directory;

    @Test
    void programsOfAnotherLayoutDoNotReachTheKernel() throws Exception {
        Path header = Files.createDirectories(directory.resolve("include/culvert"));
        try (Stream<Path> files = Files.list(BPF.resolve("include/culvert"))) {
            for (Path file : files.toList()) {
                Files.copy(file, header.resolve(file.getFileName()));
            }
        }
        for (String source : new String[] {"sock_lb.c", "pod.c"}) {
            Files.copy(BPF.resolve(source), directory.resolve(source));
        }
        Path layout = header.resolve("layout.h");
        String text = Files.readString(layout);
        String changed = text.replaceFirst("(__be16 port;)(\\s+)(__u16 weight;[^\n]*)", "$3$2$1");
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(layout, changed);
        Map<String, byte[]> objects = compile();

        var config =
                new DatapathConfig(place.bpffs, ObjectSource.compiled(objects), Map.of(), DatapathSettings.DEFAULT);
        assertThatThrownBy(() -> Datapath.open(config))
                .isInstanceOf(LayoutMismatchException.class)
                .hasMessage(
                        "load sock_lb.o: slot.backend.port: Java offset 16 BE16, object offset 18 __be16 (and 1 more);"
                                + " build agent and objects from the same source");
        assertThat(place.bpffs.resolve("maps/control")).doesNotExist();
    }

    @Test
    void aMissingObjectIsNamed() {
        var config =
                new DatapathConfig(place.bpffs, ObjectSource.compiled(Map.of()), Map.of(), DatapathSettings.DEFAULT);
        assertThatThrownBy(() -> Datapath.open(config))
                .hasMessage("load sock_lb.o: not among the compiled objects []; the source directory needs sock_lb.c");
    }

    private Map<String, byte[]> compile() throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Process compile = new ProcessBuilder(BPF.resolve("compile").toString(), directory.toString(), out.toString())
                .inheritIO()
                .start();
        assertThat(compile.waitFor()).isZero();
        return Map.of(
                "sock_lb", Files.readAllBytes(out.resolve("sock_lb.o")),
                "pod", Files.readAllBytes(out.resolve("pod.o")));
    }
}
