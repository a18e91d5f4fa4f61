// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// libbpf's functions of bpf.h on programs, links and pins: one system call each.
///
/// FFM: a returned descriptor belongs to the caller.
final class LibbpfLinks {

    private static final MethodHandle PIN =
            Libbpf.LIBRARY.function("bpf_obj_pin", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle OPEN =
            Libbpf.LIBRARY.function("bpf_obj_get", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle INFO = Libbpf.LIBRARY.function(
            "bpf_obj_get_info_by_fd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle OPEN_PROGRAM =
            Libbpf.LIBRARY.function("bpf_prog_get_fd_by_id", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle CREATE = Libbpf.LIBRARY.function(
            "bpf_link_create", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle UPDATE =
            Libbpf.LIBRARY.function("bpf_link_update", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle DETACH =
            Libbpf.LIBRARY.function("bpf_link_detach", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle TEST_RUN =
            Libbpf.LIBRARY.function("bpf_prog_test_run_opts", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle LOAD_PROGRAM = Libbpf.LIBRARY.function(
            "bpf_prog_load", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle LOAD_BTF =
            Libbpf.LIBRARY.function("bpf_btf_load", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    private LibbpfLinks() {}

    /// `int bpf_obj_pin(int fd, const char *pathname);`
    static int pin(int fd, MemorySegment path) {
        try {
            return (int) PIN.invokeExact(fd, path);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_obj_get(const char *pathname);`
    static int open(MemorySegment path) {
        try {
            return (int) OPEN.invokeExact(path);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len);`
    static int info(int fd, MemorySegment info, MemorySegment length) {
        try {
            return (int) INFO.invokeExact(fd, info, length);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_prog_get_fd_by_id(__u32 id);`
    static int openProgram(int id) {
        try {
            return (int) OPEN_PROGRAM.invokeExact(id);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_link_create(int prog_fd, int target_fd, enum bpf_attach_type attach_type, const struct
    /// bpf_link_create_opts *opts);` The target of tcx and XDP is an interface index.
    static int create(int program, int target, int attachType, MemorySegment options) {
        try {
            return (int) CREATE.invokeExact(program, target, attachType, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_link_update(int link_fd, int new_prog_fd, const struct bpf_link_update_opts *opts);`
    static int update(int link, int program, MemorySegment options) {
        try {
            return (int) UPDATE.invokeExact(link, program, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_link_detach(int link_fd);`
    static int detach(int link) {
        try {
            return (int) DETACH.invokeExact(link);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts);`
    static int testRun(int program, MemorySegment options) {
        try {
            return (int) TEST_RUN.invokeExact(program, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_prog_load(enum bpf_prog_type prog_type, const char *prog_name, const char *license, const
    /// struct bpf_insn *insns, size_t insn_cnt, const struct bpf_prog_load_opts *opts);`
    static int loadProgram(
            int type,
            MemorySegment name,
            MemorySegment license,
            MemorySegment instructions,
            long count,
            MemorySegment options) {
        try {
            return (int) LOAD_PROGRAM.invokeExact(type, name, license, instructions, count, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_btf_load(const void *btf_data, size_t btf_size, const struct bpf_btf_load_opts *opts);`
    static int loadBtf(MemorySegment data, long size, MemorySegment options) {
        try {
            return (int) LOAD_BTF.invokeExact(data, size, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }
}
