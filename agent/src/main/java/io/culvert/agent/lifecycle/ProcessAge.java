// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// How long this process exists, to a hundredth of a second. [ProcessHandle] knows the start only to a second, because
/// it counts from the boot time in `/proc/stat`.
final class ProcessAge {

    /// `starttime` of proc_pid_stat(5) counts these, whatever the kernel was configured with (`USER_HZ`).
    private static final long TICKS_PER_SECOND = 100;

    private ProcessAge() {}

    /// Zero if the kernel does not tell.
    static Duration now() {
        try {
            return between(Files.readString(Path.of("/proc/self/stat")), Files.readString(Path.of("/proc/uptime")));
        } catch (IOException | RuntimeException e) {
            return Duration.ZERO;
        }
    }

    /// @param stat text of `/proc/self/stat`; the second field is a name in parentheses that may contain anything
    /// @param uptime text of `/proc/uptime`: seconds since boot first
    static Duration between(String stat, String uptime) {
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long startTicks = Long.parseLong(afterName[19]);
        double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
        return Duration.ofMillis(Math.round(seconds * 1000) - startTicks * 1000 / TICKS_PER_SECOND);
    }
}
