// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import io.culvert.agent.kubeproxy.Leftover.Kind;
import java.util.List;
import java.util.Set;

/// The address sets of kube-proxy's IPVS mode. Rules that match against them have to go first.
final class IpsetLeftovers {

    /// Without their first part, `KUBE-` or, for IPv6, `KUBE-6-`.
    private static final Set<String> NAMES = Set.of(
            "LOOP-BACK",
            "CLUSTER-IP",
            "EXTERNAL-IP",
            "EXTERNAL-IP-LOCAL",
            "LOAD-BALANCER",
            "LOAD-BALANCER-LOCAL",
            "LOAD-BALANCER-FW",
            "LOAD-BALANCER-SOURCE-IP",
            "LOAD-BALANCER-SOURCE-CIDR",
            "NODE-PORT-TCP",
            "NODE-PORT-LOCAL-TCP",
            "NODE-PORT-UDP",
            "NODE-PORT-LOCAL-UDP",
            "NODE-PORT-SCTP-HASH",
            "NODE-PORT-LOCAL-SCTP-HASH",
            "HEALTH-CHECK-NODE-PORT",
            "IPVS-IPS");

    private IpsetLeftovers() {}

    static List<Leftover> find(Commands commands) {
        return commands.output("ipset", "list", "-n")
                .orElse("")
                .lines()
                .map(String::strip)
                .filter(name -> name.startsWith("KUBE-") && NAMES.contains(name.replaceFirst("^KUBE-(6-)?", "")))
                .map(name -> new Leftover(
                        Kind.IPSET, "ipset", "set " + name, List.of(), false, "", List.of("ipset", "destroy", name)))
                .toList();
    }
}
