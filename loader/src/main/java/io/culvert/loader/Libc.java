// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static io.culvert.loader.internal.CFunction.pointer;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.culvert.loader.internal.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// The few functions of the C library that Java has no counterpart for. Errors come back as the negative
/// errno, as from libbpf, so that one check serves both.
final class Libc {

    private static final int IF_NAMESIZE = 16;
    private static final int STATFS_SIZE = 120;

    private static final SharedLibrary LIBRARY = SharedLibrary.c();
    private static final CFunction STATFS = LIBRARY.function("statfs");
    private static final CFunction VSNPRINTF = LIBRARY.function("vsnprintf");
    private static final CFunction IF_INDEXTONAME = LIBRARY.function("if_indextoname");

    private Libc() {}

    /// `int statfs(const char *path, struct statfs *buf);`
    ///
    /// @return `f_type`, the magic number of the file system, or the negative errno
    static long fileSystemType(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(STATFS_SIZE, Long.BYTES);
            int code = STATFS.callForErrno(pointer(arena.allocateFrom(path.toString())), pointer(result));
            return code < 0 ? code : result.get(JAVA_LONG, 0);
        }
    }

    /// `int vsnprintf(char *str, size_t size, const char *format, va_list ap);`
    static int vsnprintf(MemorySegment target, MemorySegment format, MemorySegment arguments) {
        return (int) VSNPRINTF.call(pointer(target), target.byteSize(), pointer(format), pointer(arguments));
    }

    /// `char *if_indextoname(unsigned int ifindex, char *ifname);` The name of an interface of this network
    /// namespace.
    static Optional<String> interfaceName(int ifindex) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(IF_NAMESIZE);
            return IF_INDEXTONAME.call(ifindex, pointer(name)) == 0 ? Optional.empty() : Optional.of(name.getString(0));
        }
    }
}
