// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// libbpf's `bpf_object__*`, `bpf_program__*` and `bpf_map__*`: what is in an object file.
///
/// FFM: every pointer to a program, map or string that these return belongs to the object and dies with it.
final class LibbpfObjects {

    private static final MethodHandle CLOSE =
            Libbpf.LIBRARY.function("bpf_object__close", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle LOAD =
            Libbpf.LIBRARY.function("bpf_object__load", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle NEXT_PROGRAM =
            Libbpf.LIBRARY.function("bpf_object__next_program", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle NEXT_MAP =
            Libbpf.LIBRARY.function("bpf_object__next_map", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_NAME =
            Libbpf.LIBRARY.function("bpf_program__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_FD =
            Libbpf.LIBRARY.function("bpf_program__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle SET_AUTOLOAD = Libbpf.LIBRARY.function(
            "bpf_program__set_autoload", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle SET_LOG_BUFFER = Libbpf.LIBRARY.function(
            "bpf_program__set_log_buf", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle MAP_NAME =
            Libbpf.LIBRARY.function("bpf_map__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle MAP_FD =
            Libbpf.LIBRARY.function("bpf_map__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle SET_MAX_ENTRIES =
            Libbpf.LIBRARY.function("bpf_map__set_max_entries", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle REUSE_FD =
            Libbpf.LIBRARY.function("bpf_map__reuse_fd", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IS_INTERNAL =
            Libbpf.LIBRARY.function("bpf_map__is_internal", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    private static final MethodHandle INITIAL_VALUE =
            Libbpf.LIBRARY.function("bpf_map__initial_value", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN_MEM = Libbpf.LIBRARY.function(
            "bpf_object__open_mem",
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
            Linker.Option.captureCallState("errno"));

    private LibbpfObjects() {}

    /// `struct bpf_object *bpf_object__open_mem(const void *obj_buf, size_t obj_buf_sz,
    /// const struct bpf_object_open_opts *opts);`
    ///
    /// @return the object, which the caller closes
    /// @throws SystemCallException if the bytes are not an object
    static MemorySegment open(String name, byte[] elf) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment options = CStruct.allocate(arena, CStruct.OBJECT_OPEN_OPTS)
                    .set("object_name", arena.allocateFrom(name))
                    .memory();
            // FFM: libbpf copies what it keeps of the file, so the bytes need to live for this call only. It wants them
            // aligned as an ELF header is.
            MemorySegment bytes = arena.allocate(Math.max(1, elf.length), Long.BYTES);
            MemorySegment.copy(elf, 0, bytes, JAVA_BYTE, 0, elf.length);
            MemorySegment object = (MemorySegment) OPEN_MEM.invokeExact(state, bytes, (long) elf.length, options);
            if (object.address() == 0) {
                throw SystemCallException.of("open object " + name, Errno.of((int) ERRNO.get(state, 0L)));
            }
            return object;
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `void bpf_object__close(struct bpf_object *object);`
    static void close(MemorySegment object) {
        try {
            CLOSE.invokeExact(object);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_object__load(struct bpf_object *obj);`
    static int load(MemorySegment object) {
        try {
            return (int) LOAD.invokeExact(object);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `struct bpf_program *bpf_object__next_program(const struct bpf_object *obj, struct bpf_program
    /// *prog);` NULL begins and ends.
    static MemorySegment nextProgram(MemorySegment object, MemorySegment program) {
        try {
            return (MemorySegment) NEXT_PROGRAM.invokeExact(object, program);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `struct bpf_map *bpf_object__next_map(const struct bpf_object *obj, const struct bpf_map *map);` NULL
    /// begins and ends.
    static MemorySegment nextMap(MemorySegment object, MemorySegment map) {
        try {
            return (MemorySegment) NEXT_MAP.invokeExact(object, map);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `const char *bpf_program__name(const struct bpf_program *prog);`
    static MemorySegment programName(MemorySegment program) {
        try {
            return (MemorySegment) PROGRAM_NAME.invokeExact(program);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_program__fd(const struct bpf_program *prog);` The object owns it.
    static int programFd(MemorySegment program) {
        try {
            return (int) PROGRAM_FD.invokeExact(program);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_program__set_autoload(struct bpf_program *prog, bool autoload);`
    static int setAutoload(MemorySegment program, boolean autoload) {
        try {
            return (int) SET_AUTOLOAD.invokeExact(program, autoload);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_program__set_log_buf(struct bpf_program *prog, char *log_buf, size_t log_size);` Filled only
    /// when the program is refused, which libbpf then loads a second time with the log on.
    static int setLogBuffer(MemorySegment program, MemorySegment buffer, long size) {
        try {
            return (int) SET_LOG_BUFFER.invokeExact(program, buffer, size);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `const char *bpf_map__name(const struct bpf_map *map);`
    static MemorySegment mapName(MemorySegment map) {
        try {
            return (MemorySegment) MAP_NAME.invokeExact(map);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map__fd(const struct bpf_map *map);` The object owns it.
    static int mapFd(MemorySegment map) {
        try {
            return (int) MAP_FD.invokeExact(map);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries);`
    static int setMaxEntries(MemorySegment map, int entries) {
        try {
            return (int) SET_MAX_ENTRIES.invokeExact(map, entries);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map__reuse_fd(struct bpf_map *map, int fd);` libbpf duplicates the descriptor.
    static int reuseFd(MemorySegment map, int fd) {
        try {
            return (int) REUSE_FD.invokeExact(map, fd);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `bool bpf_map__is_internal(const struct bpf_map *map);` Whether libbpf made it for a data section.
    static boolean isInternal(MemorySegment map) {
        try {
            return (boolean) IS_INTERNAL.invokeExact(map);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `const void *bpf_map__initial_value(struct bpf_map *map, size_t *psize);` May be written until the
    /// object is loaded, although it is declared const; libbpf skeletons do so.
    static MemorySegment initialValue(MemorySegment map, MemorySegment size) {
        try {
            return (MemorySegment) INITIAL_VALUE.invokeExact(map, size);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }
}
