// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/// The few functions of the C library that Java has no counterpart for. Errors come back as the negative
/// errno, as from libbpf, so that one check serves both.
final class Libc {

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final int IF_NAMESIZE = 16;
    private static final int STATFS_SIZE = 120;

    private static final SharedLibrary LIBRARY = SharedLibrary.c();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final Linker.Option ERRNO_CAPTURED = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

    private static final MethodHandle MMAP = LIBRARY.function(
            "mmap",
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
            ERRNO_CAPTURED);
    private static final MethodHandle MUNMAP =
            LIBRARY.function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle STATFS =
            LIBRARY.function("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), ERRNO_CAPTURED);
    private static final MethodHandle VSNPRINTF =
            LIBRARY.function("vsnprintf", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle IF_INDEXTONAME =
            LIBRARY.function("if_indextoname", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));

    private Libc() {}

    /// `void *mmap(NULL, size_t length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);`
    ///
    /// Zeroed memory of which only the pages that are written exist, until the arena closes.
    static MemorySegment reserve(long length, Arena arena) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(STATE);
            MemorySegment address = (MemorySegment) MMAP.invokeExact(
                    state, MemorySegment.NULL, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (address.address() == -1) {
                throw SystemCallException.of(
                        "reserve " + length + " bytes of memory", Errno.of((int) ERRNO.get(state, 0L)));
            }
            // FFM: the kernel mapped exactly these bytes; they go away with the arena, after which access throws.
            return address.reinterpret(length, arena, mapped -> munmap(mapped, length));
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int munmap(void *addr, size_t length);`
    private static void munmap(MemorySegment address, long length) {
        try {
            int _ = (int) MUNMAP.invokeExact(address, length);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int statfs(const char *path, struct statfs *buf);`
    ///
    /// @return `f_type`, the magic number of the file system, or the negative errno
    static long fileSystemType(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment result = arena.allocate(STATFS_SIZE, Long.BYTES);
            int code = (int) STATFS.invokeExact(state, arena.allocateFrom(path.toString()), result);
            return code < 0 ? -(int) ERRNO.get(state, 0L) : result.get(JAVA_LONG, 0);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int vsnprintf(char *str, size_t size, const char *format, va_list ap);`
    static int vsnprintf(MemorySegment target, MemorySegment format, MemorySegment arguments) {
        try {
            return (int) VSNPRINTF.invokeExact(target, target.byteSize(), format, arguments);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `char *if_indextoname(unsigned int ifindex, char *ifname);` The name of an interface of this network
    /// namespace.
    static Optional<String> interfaceName(int ifindex) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(IF_NAMESIZE);
            MemorySegment found = (MemorySegment) IF_INDEXTONAME.invokeExact(ifindex, name);
            return found.address() == 0 ? Optional.empty() : Optional.of(name.getString(0));
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }
}
