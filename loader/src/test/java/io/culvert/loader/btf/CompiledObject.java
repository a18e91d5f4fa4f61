// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Objects for tests, compiled from C when the test runs: what clang writes is what the reader has to read.
public final class CompiledObject {

    private CompiledObject() {}

    /// The object that clang makes of `source`, with debugging sections kept.
    public static byte[] of(String source) {
        try {
            Path directory = Files.createTempDirectory("culvert-object");
            Path file = directory.resolve("object.c");
            Path object = directory.resolve("object.o");
            try {
                Files.writeString(file, source);
                compile(file, object);
                return Files.readAllBytes(object);
            } finally {
                for (Path path : List.of(file, object, directory)) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compile(Path file, Path object) throws IOException {
        String include = "/usr/include/" + (System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64");
        List<String> command = new ArrayList<>(List.of("clang", "-target", "bpf", "-O2", "-g", "-mcpu=v3"));
        command.addAll(List.of("-isystem", include + "-linux-gnu", "-c", file.toString(), "-o", object.toString()));
        Process clang = new ProcessBuilder(command).inheritIO().start();
        try {
            if (clang.waitFor() != 0) {
                throw new AssertionError("clang failed on " + file);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
