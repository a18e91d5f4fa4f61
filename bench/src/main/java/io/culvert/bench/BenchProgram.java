// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.compile.ClangCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Programs of `bench/src/main/bpf`, which measure functions of the programs that ship.
final class BenchProgram {

    private BenchProgram() {}

    /// Compiles one with the headers of the checkout.
    ///
    /// @param name of the file, without `.c`
    static byte[] compile(Path root, String name) throws IOException {
        Path directory = Files.createTempDirectory("culvert-bench");
        Path source = directory.resolve(name + ".c");
        Path headers = directory.resolve("include");
        try {
            Files.copy(root.resolve("bench/src/main/bpf").resolve(name + ".c"), source);
            Files.createSymbolicLink(headers, root.resolve("bpf/include"));
            return ClangCompiler.onPath().compile(directory).sequencedValues().getFirst();
        } finally {
            Files.deleteIfExists(source);
            Files.deleteIfExists(headers);
            Files.delete(directory);
        }
    }
}
