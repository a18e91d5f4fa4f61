// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static io.culvert.loader.internal.CFunction.pointer;

import io.culvert.loader.internal.CFunction;
import java.lang.foreign.MemorySegment;

/// libbpf's functions of bpf.h on programs, links and pins: one system call each.
///
/// FFM: a returned descriptor belongs to the caller.
final class LibbpfLinks {

    private static final CFunction PIN = Libbpf.LIBRARY.function("bpf_obj_pin");
    private static final CFunction OPEN = Libbpf.LIBRARY.function("bpf_obj_get");
    private static final CFunction INFO = Libbpf.LIBRARY.function("bpf_obj_get_info_by_fd");
    private static final CFunction OPEN_PROGRAM = Libbpf.LIBRARY.function("bpf_prog_get_fd_by_id");
    private static final CFunction CREATE = Libbpf.LIBRARY.function("bpf_link_create");
    private static final CFunction UPDATE = Libbpf.LIBRARY.function("bpf_link_update");
    private static final CFunction DETACH = Libbpf.LIBRARY.function("bpf_link_detach");
    private static final CFunction ITERATE = Libbpf.LIBRARY.function("bpf_iter_create");
    private static final CFunction TEST_RUN = Libbpf.LIBRARY.function("bpf_prog_test_run_opts");
    private static final CFunction LOAD_PROGRAM = Libbpf.LIBRARY.function("bpf_prog_load");
    private static final CFunction LOAD_BTF = Libbpf.LIBRARY.function("bpf_btf_load");

    private LibbpfLinks() {}

    /// `int bpf_obj_pin(int fd, const char *pathname);`
    static int pin(int fd, MemorySegment path) {
        return (int) PIN.call(fd, pointer(path));
    }

    /// `int bpf_obj_get(const char *pathname);`
    static int open(MemorySegment path) {
        return (int) OPEN.call(pointer(path));
    }

    /// `int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len);`
    static int info(int fd, MemorySegment info, MemorySegment length) {
        return (int) INFO.call(fd, pointer(info), pointer(length));
    }

    /// `int bpf_prog_get_fd_by_id(__u32 id);`
    static int openProgram(int id) {
        return (int) OPEN_PROGRAM.call(id);
    }

    /// `int bpf_link_create(int prog_fd, int target_fd, enum bpf_attach_type attach_type, const struct
    /// bpf_link_create_opts *opts);` The target of tcx and XDP is an interface index.
    static int create(int program, int target, int attachType, MemorySegment options) {
        return (int) CREATE.call(program, target, attachType, pointer(options));
    }

    /// `int bpf_link_update(int link_fd, int new_prog_fd, const struct bpf_link_update_opts *opts);`
    static int update(int link, int program, MemorySegment options) {
        return (int) UPDATE.call(link, program, pointer(options));
    }

    /// `int bpf_link_detach(int link_fd);`
    static int detach(int link) {
        return (int) DETACH.call(link);
    }

    /// `int bpf_iter_create(int link_fd);`
    static int iterate(int link) {
        return (int) ITERATE.call(link);
    }

    /// `int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts);`
    static int testRun(int program, MemorySegment options) {
        return (int) TEST_RUN.call(program, pointer(options));
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
        return (int) LOAD_PROGRAM.call(
                type, pointer(name), pointer(license), pointer(instructions), count, pointer(options));
    }

    /// `int bpf_btf_load(const void *btf_data, size_t btf_size, const struct bpf_btf_load_opts *opts);`
    static int loadBtf(MemorySegment data, long size, MemorySegment options) {
        return (int) LOAD_BTF.call(pointer(data), size, pointer(options));
    }
}
