// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.host;

import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import java.nio.file.Path;
import java.time.Duration;

/// The kernel's own connection table, which still serves pods' traffic to the outside and whatever else is masqueraded:
/// set as kube-proxy sets it, so that a node does not get a smaller table with the change to Culvert. Sizes are only
/// raised (networking/nf_conntrack-sysctl of the kernel's documentation).
///
/// @param root the root directory; tests have their own
/// @param cpus CPUs of the machine
public record KernelConntrack(Path root, int cpus) {

    /// kube-proxy's limit of what it computes from the number of CPUs (1.36).
    static final int MOST = 1 << 20;

    private static final int ENTRIES_PER_BUCKET = 4;

    public static KernelConntrack ofThisMachine() {
        return new KernelConntrack(Path.of("/"), Runtime.getRuntime().availableProcessors());
    }

    /// Sets what the settings ask for. Failures are logged.
    public void apply(Settings settings) {
        int entries = entries(
                settings.get(Setting.KERNEL_CONNTRACK_MAX_PER_CORE), settings.get(Setting.KERNEL_CONNTRACK_MIN));
        if (entries > 0) {
            sysctl("nf_conntrack_max").raise(entries);
            new HostFile(root.resolve("sys/module/nf_conntrack/parameters/hashsize"))
                    .raise(entries / ENTRIES_PER_BUCKET);
        }
        timeout("nf_conntrack_tcp_timeout_established", settings.get(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED));
        timeout("nf_conntrack_tcp_timeout_close_wait", settings.get(Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT));
        timeout("nf_conntrack_udp_timeout", settings.get(Setting.KERNEL_CONNTRACK_UDP));
        timeout("nf_conntrack_udp_timeout_stream", settings.get(Setting.KERNEL_CONNTRACK_UDP_STREAM));
        if (settings.get(Setting.KERNEL_CONNTRACK_TCP_BE_LIBERAL)) {
            sysctl("nf_conntrack_tcp_be_liberal").set(1);
        }
    }

    /// @param perCpu 0 leaves the size alone, whatever `least` says
    int entries(int perCpu, int least) {
        return perCpu == 0 ? 0 : Math.max(least, (int) Math.min(MOST, (long) perCpu * cpus));
    }

    private void timeout(String name, Duration time) {
        if (time.isPositive()) {
            sysctl(name).set(Math.max(1, time.toSeconds()));
        }
    }

    private HostFile sysctl(String name) {
        return new HostFile(root.resolve("proc/sys/net/netfilter").resolve(name));
    }
}
