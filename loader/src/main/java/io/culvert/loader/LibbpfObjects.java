// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static io.culvert.loader.internal.CFunction.pointer;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.loader.internal.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// libbpf's `bpf_object__*`, `bpf_program__*` and `bpf_map__*`: what is in an object file.
///
/// FFM: every pointer to a program, map or string that these return belongs to the object and dies with it.
final class LibbpfObjects {

    private static final CFunction CLOSE = Libbpf.LIBRARY.function("bpf_object__close");
    private static final CFunction LOAD = Libbpf.LIBRARY.function("bpf_object__load");
    private static final CFunction NEXT_PROGRAM = Libbpf.LIBRARY.function("bpf_object__next_program");
    private static final CFunction NEXT_MAP = Libbpf.LIBRARY.function("bpf_object__next_map");
    private static final CFunction PROGRAM_NAME = Libbpf.LIBRARY.function("bpf_program__name");
    private static final CFunction PROGRAM_FD = Libbpf.LIBRARY.function("bpf_program__fd");
    private static final CFunction SET_AUTOLOAD = Libbpf.LIBRARY.function("bpf_program__set_autoload");
    private static final CFunction SET_LOG_BUFFER = Libbpf.LIBRARY.function("bpf_program__set_log_buf");
    private static final CFunction MAP_NAME = Libbpf.LIBRARY.function("bpf_map__name");
    private static final CFunction MAP_FD = Libbpf.LIBRARY.function("bpf_map__fd");
    private static final CFunction SET_MAX_ENTRIES = Libbpf.LIBRARY.function("bpf_map__set_max_entries");
    private static final CFunction REUSE_FD = Libbpf.LIBRARY.function("bpf_map__reuse_fd");
    private static final CFunction IS_INTERNAL = Libbpf.LIBRARY.function("bpf_map__is_internal");
    private static final CFunction INITIAL_VALUE = Libbpf.LIBRARY.function("bpf_map__initial_value");
    private static final CFunction OPEN_MEM = Libbpf.LIBRARY.function("bpf_object__open_mem");

    private LibbpfObjects() {}

    /// `struct bpf_object *bpf_object__open_mem(const void *obj_buf, size_t obj_buf_sz,
    /// const struct bpf_object_open_opts *opts);`
    ///
    /// @return the object, which the caller closes
    /// @throws SystemCallException if the bytes are not an object
    static MemorySegment open(String name, byte[] elf) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = CStruct.allocate(arena, CStruct.OBJECT_OPEN_OPTS)
                    .set("object_name", arena.allocateFrom(name))
                    .memory();
            // FFM: libbpf copies what it keeps of the file, so the bytes need to live for this call only. It wants them
            // aligned as an ELF header is.
            MemorySegment bytes = arena.allocate(Math.max(1, elf.length), Long.BYTES);
            MemorySegment.copy(elf, 0, bytes, JAVA_BYTE, 0, elf.length);
            long object = OPEN_MEM.callForAddress(0, pointer(bytes), elf.length, pointer(options));
            // FFM: addresses of user space are positive.
            if (object < 0) {
                throw SystemCallException.of("open object " + name, Errno.of((int) -object));
            }
            return MemorySegment.ofAddress(object);
        }
    }

    /// `void bpf_object__close(struct bpf_object *object);`
    static void close(MemorySegment object) {
        long _ = CLOSE.call(pointer(object));
    }

    /// `int bpf_object__load(struct bpf_object *obj);`
    static int load(MemorySegment object) {
        return (int) LOAD.call(pointer(object));
    }

    /// `struct bpf_program *bpf_object__next_program(const struct bpf_object *obj, struct bpf_program
    /// *prog);` NULL begins and ends.
    static MemorySegment nextProgram(MemorySegment object, MemorySegment program) {
        return MemorySegment.ofAddress(NEXT_PROGRAM.call(pointer(object), pointer(program)));
    }

    /// `struct bpf_map *bpf_object__next_map(const struct bpf_object *obj, const struct bpf_map *map);` NULL
    /// begins and ends.
    static MemorySegment nextMap(MemorySegment object, MemorySegment map) {
        return MemorySegment.ofAddress(NEXT_MAP.call(pointer(object), pointer(map)));
    }

    /// `const char *bpf_program__name(const struct bpf_program *prog);`
    static MemorySegment programName(MemorySegment program) {
        return MemorySegment.ofAddress(PROGRAM_NAME.call(pointer(program)));
    }

    /// `int bpf_program__fd(const struct bpf_program *prog);` The object owns it.
    static int programFd(MemorySegment program) {
        return (int) PROGRAM_FD.call(pointer(program));
    }

    /// `int bpf_program__set_autoload(struct bpf_program *prog, bool autoload);`
    static int setAutoload(MemorySegment program, boolean autoload) {
        return (int) SET_AUTOLOAD.call(pointer(program), autoload ? 1 : 0);
    }

    /// `int bpf_program__set_log_buf(struct bpf_program *prog, char *log_buf, size_t log_size);` Filled only
    /// when the program is refused, which libbpf then loads a second time with the log on.
    static int setLogBuffer(MemorySegment program, MemorySegment buffer, long size) {
        return (int) SET_LOG_BUFFER.call(pointer(program), pointer(buffer), size);
    }

    /// `const char *bpf_map__name(const struct bpf_map *map);`
    static MemorySegment mapName(MemorySegment map) {
        return MemorySegment.ofAddress(MAP_NAME.call(pointer(map)));
    }

    /// `int bpf_map__fd(const struct bpf_map *map);` The object owns it.
    static int mapFd(MemorySegment map) {
        return (int) MAP_FD.call(pointer(map));
    }

    /// `int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries);`
    static int setMaxEntries(MemorySegment map, int entries) {
        return (int) SET_MAX_ENTRIES.call(pointer(map), entries);
    }

    /// `int bpf_map__reuse_fd(struct bpf_map *map, int fd);` libbpf duplicates the descriptor.
    static int reuseFd(MemorySegment map, int fd) {
        return (int) REUSE_FD.call(pointer(map), fd);
    }

    /// `bool bpf_map__is_internal(const struct bpf_map *map);` Whether libbpf made it for a data section.
    static boolean isInternal(MemorySegment map) {
        return (byte) IS_INTERNAL.call(pointer(map)) != 0;
    }

    /// `const void *bpf_map__initial_value(struct bpf_map *map, size_t *psize);` May be written until the
    /// object is loaded, although it is declared const; libbpf skeletons do so.
    static MemorySegment initialValue(MemorySegment map, MemorySegment size) {
        return MemorySegment.ofAddress(INITIAL_VALUE.call(pointer(map), pointer(size)));
    }
}
