// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// libbpf as a whole; its functions by concern are in [LibbpfObjects], [LibbpfMaps], [LibbpfLinks] and
/// [LibbpfTc].
///
/// A function that returns int returns the negative errno itself (libbpf 1.0 and newer), so errno need not be
/// captured.
final class Libbpf {

    /// The system property `culvert.libbpf` names another file than the one that the system finds.
    static final SharedLibrary LIBRARY =
            SharedLibrary.open(System.getProperty("culvert.libbpf", "libbpf.so.1"), "install it: apt install libbpf1");

    private static final MethodHandle MAJOR_VERSION =
            LIBRARY.function("libbpf_major_version", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle MINOR_VERSION =
            LIBRARY.function("libbpf_minor_version", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle SET_PRINT =
            LIBRARY.function("libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle POSSIBLE_CPUS =
            LIBRARY.function("libbpf_num_possible_cpus", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle ENABLE_STATS =
            LIBRARY.function("bpf_enable_stats", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    static {
        if (LIBRARY.isPresent()) {
            LibbpfLog.install();
        }
    }

    private Libbpf() {}

    /// `__u32 libbpf_major_version(void);`
    static int majorVersion() {
        try {
            return (int) MAJOR_VERSION.invokeExact();
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `__u32 libbpf_minor_version(void);`
    static int minorVersion() {
        try {
            return (int) MINOR_VERSION.invokeExact();
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn);`
    ///
    /// @param print a stub that lives as long as the process
    static void setPrint(MemorySegment print) {
        try {
            MemorySegment _ = (MemorySegment) SET_PRINT.invokeExact(print);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int libbpf_num_possible_cpus(void);`
    static int possibleCpus() {
        try {
            return (int) POSSIBLE_CPUS.invokeExact();
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_enable_stats(enum bpf_stats_type type);` The statistics are on while the returned descriptor
    /// is open.
    static int enableStats(int type) {
        try {
            return (int) ENABLE_STATS.invokeExact(type);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }
}
