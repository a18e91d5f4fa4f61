// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A kube-proxy that runs: it would translate what Culvert translates, and write its rules again and again.
public final class LiveKubeProxy {

    public static final String REMEDY =
            "remove it: kubectl -n kube-system delete daemonset kube-proxy (k3s: --disable-kube-proxy)";

    private static final Pattern PROCESS = Pattern.compile("(?:\\S*/)?(?:kube-proxy|hyperkube proxy)(?: .*)?");
    private static final int METRICS_PORT = 10249;
    private static final Set<String> MODES = Set.of("iptables", "ipvs", "nftables", "userspace");

    private LiveKubeProxy() {}

    /// What shows it, as "runs as process 7": a process in this network, or an answer on its metrics port, since some
    /// distributions have it inside of another process.
    public static Optional<String> find(Machine machine) {
        return machine.processes().stream()
                .filter(process -> PROCESS.matcher(process.commandLine()).matches())
                .findFirst()
                .map(process -> "runs as process " + process.pid())
                .or(() -> machine.fetch(METRICS_PORT, "/proxyMode")
                        .map(String::strip)
                        .filter(MODES::contains)
                        .map(mode -> "answers on port " + METRICS_PORT + " in mode " + mode));
    }
}
