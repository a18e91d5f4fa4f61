// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.internal;

import io.culvert.loader.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that the kernel shares through a descriptor (mmap(2)).
public final class MappedMemory {

    private static final CFunction GETPAGESIZE = CFunction.ofLibc("getpagesize");

    private MappedMemory() {}

    /// Bytes of a page.
    public static int pageSize() {
        return (int) GETPAGESIZE.call();
    }

    /// Maps `length` bytes at `offset` of `fd`, until `arena` closes.
    ///
    /// @throws IllegalStateException naming the reason, if the kernel refuses
    public static MemorySegment map(int fd, long offset, long length, boolean writable, Arena arena) {
        long address = SystemCalls.mapShared(fd, offset, length, writable);
        if (address < 0) {
            throw new IllegalStateException("map " + length + " bytes: " + Errno.of((int) -address));
        }
        // FFM: the kernel mapped exactly these bytes; they go away with the arena, after which access throws.
        MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(length, arena, SystemCalls::unmap);
        return writable ? memory : memory.asReadOnly();
    }
}
