// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.culvert.loader.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// Memory that the kernel shares through a descriptor (mmap(2)).
public final class MappedMemory {

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));
    private static final MethodHandle MMAP = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("mmap"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
            Linker.Option.captureCallState("errno"));
    private static final MethodHandle MUNMAP = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("munmap"), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle GETPAGESIZE =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("getpagesize"), FunctionDescriptor.of(JAVA_INT));

    private MappedMemory() {}

    /// Bytes of a page.
    public static int pageSize() {
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Maps `length` bytes at `offset` of `fd`, until `arena` closes.
    ///
    /// @throws IllegalStateException naming the reason, if the kernel refuses
    public static MemorySegment map(int fd, long offset, long length, boolean writable, Arena arena) {
        int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(STATE);
            MemorySegment mapped = (MemorySegment)
                    MMAP.invokeExact(state, MemorySegment.NULL, length, protection, MAP_SHARED, fd, offset);
            if (mapped.address() == -1) {
                throw new IllegalStateException("map " + length + " bytes: " + Errno.of((int) ERRNO.get(state, 0L)));
            }
            // FFM: the kernel mapped exactly these bytes; they go away with the arena, after which access throws.
            MemorySegment memory = mapped.reinterpret(length, arena, MappedMemory::unmap);
            return writable ? memory : memory.asReadOnly();
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private static void unmap(MemorySegment memory) {
        try {
            int _ = (int) MUNMAP.invokeExact(memory, memory.byteSize());
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
