// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// libbpf's `bpf_tc_*` and `bpf_xdp_*`, which speak rtnetlink in the network namespace of the calling thread.
final class LibbpfTc {

    private static final MethodHandle CREATE_HOOK =
            Libbpf.LIBRARY.function("bpf_tc_hook_create", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle DESTROY_HOOK =
            Libbpf.LIBRARY.function("bpf_tc_hook_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle ATTACH =
            Libbpf.LIBRARY.function("bpf_tc_attach", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle DETACH =
            Libbpf.LIBRARY.function("bpf_tc_detach", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle QUERY =
            Libbpf.LIBRARY.function("bpf_tc_query", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle QUERY_XDP =
            Libbpf.LIBRARY.function("bpf_xdp_query", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

    private LibbpfTc() {}

    /// `int bpf_tc_hook_create(struct bpf_tc_hook *hook);` Adds the clsact qdisc; -EEXIST if there is one.
    static int createHook(MemorySegment hook) {
        try {
            return (int) CREATE_HOOK.invokeExact(hook);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_tc_hook_destroy(struct bpf_tc_hook *hook);` With both attach points: removes the qdisc and
    /// every filter on it, whoever made them.
    static int destroyHook(MemorySegment hook) {
        try {
            return (int) DESTROY_HOOK.invokeExact(hook);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);`
    static int attach(MemorySegment hook, MemorySegment options) {
        try {
            return (int) ATTACH.invokeExact(hook, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_tc_detach(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts);`
    static int detach(MemorySegment hook, MemorySegment options) {
        try {
            return (int) DETACH.invokeExact(hook, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);` One filter, by handle
    /// and priority.
    static int query(MemorySegment hook, MemorySegment options) {
        try {
            return (int) QUERY.invokeExact(hook, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_xdp_query(int ifindex, int flags, struct bpf_xdp_query_opts *opts);`
    static int queryXdp(int ifindex, int flags, MemorySegment options) {
        try {
            return (int) QUERY_XDP.invokeExact(ifindex, flags, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }
}
