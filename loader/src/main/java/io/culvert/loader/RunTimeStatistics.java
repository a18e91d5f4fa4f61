// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.SystemCalls;

/// Switches on the counters [ProgramInfo#runs()] and [ProgramInfo#runNanos()] of all programs of the machine
/// while it is open. They cost each run of each program two readings of the clock, some tens of nanoseconds,
/// which are part of what they report.
public final class RunTimeStatistics implements AutoCloseable {

    static final int BPF_STATS_RUN_TIME = 0;

    private int fd;

    private RunTimeStatistics(int fd) {
        this.fd = fd;
    }

    /// Switches them on.
    public static RunTimeStatistics enable() {
        return new RunTimeStatistics(
                SystemCallException.check(Libbpf.enableStats(BPF_STATS_RUN_TIME), "enable run-time statistics"));
    }

    /// Switches them off, unless somebody else has them on.
    @Override
    public void close() {
        if (fd >= 0) {
            SystemCalls.close(fd);
            fd = -1;
        }
    }
}
