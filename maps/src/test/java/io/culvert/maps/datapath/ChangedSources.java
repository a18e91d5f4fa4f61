// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The programs, compiled with another `layout.h`.
final class ChangedSources {

    private static final Path BPF = Path.of("../bpf");

    private ChangedSources() {}

    /// @param directory empty, and left to the caller
    /// @param changes what replaces the first match of a regular expression in `layout.h`
    /// @param objects for example `pod`
    /// @return object files by name
    static Map<String, byte[]> compile(Path directory, Map<String, String> changes, List<String> objects) {
        try {
            Path headers = Files.createDirectories(directory.resolve("include/culvert"));
            try (Stream<Path> files = Files.list(BPF.resolve("include/culvert"))) {
                for (Path file : files.toList()) {
                    Files.copy(file, headers.resolve(file.getFileName()));
                }
            }
            for (String object : objects) {
                Files.copy(BPF.resolve(object + ".c"), directory.resolve(object + ".c"));
            }
            change(headers.resolve("layout.h"), changes);
            Path out = directory.resolve("out");
            Process compile = new ProcessBuilder(
                            BPF.resolve("compile").toString(), directory.toString(), out.toString())
                    .inheritIO()
                    .start();
            assertThat(compile.waitFor()).isZero();
            Map<String, byte[]> compiled = new HashMap<>();
            for (String object : objects) {
                compiled.put(object, Files.readAllBytes(out.resolve(object + ".o")));
            }
            return compiled;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void change(Path layout, Map<String, String> changes) throws IOException {
        String text = Files.readString(layout);
        for (var change : changes.entrySet()) {
            String changed = text.replaceFirst(change.getKey(), change.getValue());
            assertThat(changed).as(change.getKey()).isNotEqualTo(text);
            text = changed;
        }
        Files.writeString(layout, text);
    }
}
