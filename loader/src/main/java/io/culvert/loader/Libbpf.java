// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static io.culvert.loader.internal.CFunction.pointer;

import io.culvert.loader.internal.CFunction;
import java.lang.foreign.MemorySegment;

/// libbpf as a whole; its functions by concern are in [LibbpfObjects], [LibbpfMaps], [LibbpfLinks] and
/// [LibbpfTc].
///
/// A function that returns int returns the negative errno itself (libbpf 1.0 and newer), so errno need not be
/// captured.
final class Libbpf {

    /// The system property `culvert.libbpf` names another file than the one that the system finds.
    static final SharedLibrary LIBRARY =
            SharedLibrary.open(System.getProperty("culvert.libbpf", "libbpf.so.1"), "install it: apt install libbpf1");

    private static final CFunction MAJOR_VERSION = LIBRARY.function("libbpf_major_version");
    private static final CFunction MINOR_VERSION = LIBRARY.function("libbpf_minor_version");
    private static final CFunction SET_PRINT = LIBRARY.function("libbpf_set_print");
    private static final CFunction POSSIBLE_CPUS = LIBRARY.function("libbpf_num_possible_cpus");
    private static final CFunction ENABLE_STATS = LIBRARY.function("bpf_enable_stats");

    static {
        if (LIBRARY.isPresent()) {
            LibbpfLog.install();
        }
    }

    private Libbpf() {}

    /// `__u32 libbpf_major_version(void);`
    static int majorVersion() {
        return (int) MAJOR_VERSION.call();
    }

    /// `__u32 libbpf_minor_version(void);`
    static int minorVersion() {
        return (int) MINOR_VERSION.call();
    }

    /// `libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn);`
    ///
    /// @param print a stub that lives as long as the process
    static void setPrint(MemorySegment print) {
        long _ = SET_PRINT.call(pointer(print));
    }

    /// `int libbpf_num_possible_cpus(void);`
    static int possibleCpus() {
        return (int) POSSIBLE_CPUS.call();
    }

    /// `int bpf_enable_stats(enum bpf_stats_type type);` The statistics are on while the returned descriptor
    /// is open.
    static int enableStats(int type) {
        return (int) ENABLE_STATS.call(type);
    }
}
