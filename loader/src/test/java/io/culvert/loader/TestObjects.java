// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.compile.ClangCompiler;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// The objects of `src/test/bpf`, compiled once for all tests of a run.
final class TestObjects {

    private static final Map<String, byte[]> OBJECTS = ClangCompiler.onPath().compile(Path.of("src/test/bpf"));

    private TestObjects() {}

    /// The ELF bytes of `programs.c` or `rejected.c`.
    static byte[] elf(String name) {
        return Objects.requireNonNull(OBJECTS.get(name), name).clone();
    }

    /// `programs.c`, ready to be configured.
    static BpfObject programs() {
        return BpfObject.open("programs", elf("programs"));
    }
}
