// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static io.culvert.loader.internal.CFunction.pointer;

import io.culvert.loader.internal.CFunction;
import java.lang.foreign.MemorySegment;

/// libbpf's `bpf_tc_*` and `bpf_xdp_*`, which speak rtnetlink in the network namespace of the calling thread.
final class LibbpfTc {

    private static final CFunction CREATE_HOOK = Libbpf.LIBRARY.function("bpf_tc_hook_create");
    private static final CFunction DESTROY_HOOK = Libbpf.LIBRARY.function("bpf_tc_hook_destroy");
    private static final CFunction ATTACH = Libbpf.LIBRARY.function("bpf_tc_attach");
    private static final CFunction DETACH = Libbpf.LIBRARY.function("bpf_tc_detach");
    private static final CFunction QUERY = Libbpf.LIBRARY.function("bpf_tc_query");
    private static final CFunction QUERY_XDP = Libbpf.LIBRARY.function("bpf_xdp_query");

    private LibbpfTc() {}

    /// `int bpf_tc_hook_create(struct bpf_tc_hook *hook);` Adds the clsact qdisc; -EEXIST if there is one.
    static int createHook(MemorySegment hook) {
        return (int) CREATE_HOOK.call(pointer(hook));
    }

    /// `int bpf_tc_hook_destroy(struct bpf_tc_hook *hook);` With both attach points: removes the qdisc and
    /// every filter on it, whoever made them.
    static int destroyHook(MemorySegment hook) {
        return (int) DESTROY_HOOK.call(pointer(hook));
    }

    /// `int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);`
    static int attach(MemorySegment hook, MemorySegment options) {
        return (int) ATTACH.call(pointer(hook), pointer(options));
    }

    /// `int bpf_tc_detach(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts);`
    static int detach(MemorySegment hook, MemorySegment options) {
        return (int) DETACH.call(pointer(hook), pointer(options));
    }

    /// `int bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);` One filter, by handle
    /// and priority.
    static int query(MemorySegment hook, MemorySegment options) {
        return (int) QUERY.call(pointer(hook), pointer(options));
    }

    /// `int bpf_xdp_query(int ifindex, int flags, struct bpf_xdp_query_opts *opts);`
    static int queryXdp(int ifindex, int flags, MemorySegment options) {
        return (int) QUERY_XDP.call(ifindex, flags, pointer(options));
    }
}
