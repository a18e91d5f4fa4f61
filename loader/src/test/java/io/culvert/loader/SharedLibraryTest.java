// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import org.junit.jupiter.api.Test;

class SharedLibraryTest {

    private static final FunctionDescriptor INT_TO_INT = FunctionDescriptor.of(JAVA_INT, JAVA_INT);

    @Test
    void functionOfAMissingLibraryThrowsWhenItIsCalled() {
        SharedLibrary library = SharedLibrary.open("libculvert-absent.so.9", "install it: apt install libabsent9");
        MethodHandle handle = library.function("abs", INT_TO_INT);
        assertThat(library.isPresent()).isFalse();
        assertThat(handle.type()).isEqualTo(MethodType.methodType(int.class, int.class));
        assertThatExceptionOfType(MissingLibraryException.class)
                .isThrownBy(() -> {
                    int _ = (int) handle.invokeExact(1);
                })
                .withMessage("load libbpf: libculvert-absent.so.9 not found; install it: apt install libabsent9");
    }

    @Test
    void missingFunctionThrowsWhenItIsCalled() {
        MethodHandle handle = SharedLibrary.c().function("culvert_absent", INT_TO_INT);
        assertThatExceptionOfType(MissingLibraryException.class)
                .isThrownBy(() -> {
                    int _ = (int) handle.invokeExact(1);
                })
                .withMessage("load libbpf: libc has no culvert_absent; Culvert needs libbpf 1.1 or newer");
    }

    @Test
    void functionThatExistsIsCalled() throws Throwable {
        MethodHandle handle = SharedLibrary.c().function("abs", INT_TO_INT);
        assertThat((int) handle.invokeExact(-5)).isEqualTo(5);
    }
}
