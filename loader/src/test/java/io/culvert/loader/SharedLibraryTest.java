// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.loader.internal.CFunction;
import org.junit.jupiter.api.Test;

class SharedLibraryTest {

    @Test
    void functionOfAMissingLibraryThrowsWhenItIsCalled() {
        SharedLibrary library = SharedLibrary.open("libculvert-absent.so.9", "install it: apt install libabsent9");
        CFunction function = library.function("abs");
        assertThat(library.isPresent()).isFalse();
        assertThatExceptionOfType(MissingLibraryException.class)
                .isThrownBy(() -> function.call(1))
                .withMessage("load libbpf: libculvert-absent.so.9 not found; install it: apt install libabsent9");
    }

    @Test
    void missingFunctionThrowsWhenItIsCalled() {
        CFunction function = SharedLibrary.c().function("culvert_absent");
        assertThatExceptionOfType(MissingLibraryException.class)
                .isThrownBy(() -> function.callForErrno(1))
                .withMessage("load libbpf: libc has no culvert_absent; Culvert needs libbpf 1.1 or newer");
    }

    @Test
    void functionThatExistsIsCalled() {
        assertThat((int) SharedLibrary.c().function("abs").call(-5)).isEqualTo(5);
    }
}
