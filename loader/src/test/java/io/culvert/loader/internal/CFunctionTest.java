// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.internal;

import static io.culvert.loader.internal.CFunction.pointer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.loader.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CFunctionTest {

    private static final CFunction SNPRINTF = CFunction.ofLibc("snprintf");

    /// The last two of the eight are passed in memory on x86-64, and the function has a variable number of them.
    @Test
    void passesEightArgumentsOfEitherWidth() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(64);
            MemorySegment format = arena.allocateFrom("%d %u %ld %d %s");
            int length = (int) SNPRINTF.call(
                    pointer(text),
                    text.byteSize(),
                    pointer(format),
                    -1,
                    0xffffffffL,
                    Long.MIN_VALUE,
                    7,
                    pointer(arena.allocateFrom("end")));
            assertThat(text.getString(0, StandardCharsets.US_ASCII))
                    .isEqualTo("-1 4294967295 -9223372036854775808 7 end");
            assertThat(length).isEqualTo(40);
        }
    }

    @Test
    void resultOfAnIntIsTheNegativeErrnoOfAFailure() {
        assertThat(CFunction.ofLibc("close").callForErrno(-1)).isEqualTo(-Errno.EBADF.number());
    }

    @Test
    void addressIsTheNegativeErrnoOfAFailure() {
        CFunction realpath = CFunction.ofLibc("realpath");
        try (Arena arena = Arena.ofConfined()) {
            long absent = realpath.callForAddress(0, pointer(arena.allocateFrom("/culvert-absent")), 0);
            assertThat(absent).isEqualTo(-Errno.ENOENT.number());

            MemorySegment resolved = arena.allocate(4096);
            long present = realpath.callForAddress(0, pointer(arena.allocateFrom("/")), pointer(resolved));
            assertThat(present).isEqualTo(resolved.address());
        }
    }

    @Test
    void refusesMemoryThatCCannotUse() {
        MemorySegment freed;
        try (Arena arena = Arena.ofConfined()) {
            freed = arena.allocate(8);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> pointer(freed));
        assertThatIllegalArgumentException().isThrownBy(() -> pointer(MemorySegment.ofArray(new byte[8])));
    }
}
