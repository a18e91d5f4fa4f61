// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import java.util.List;
import java.util.Set;

/// Which chains of iptables kube-proxy makes, in any of its modes and versions. Everything else that is called KUBE-
/// belongs to others: KUBE-FIREWALL, KUBE-KUBELET-CANARY, KUBE-IPTABLES-HINT and KUBE-MARK-* to the kubelet (KEP-3178),
/// KUBE-ROUTER-*, KUBE-NWPLCY-* and KUBE-POD-FW-* to kube-router.
public final class KubeProxyChains {

    private static final Set<String> NAMES = Set.of(
            "KUBE-SERVICES",
            "KUBE-EXTERNAL-SERVICES",
            "KUBE-NODEPORTS",
            "KUBE-FORWARD",
            "KUBE-PROXY-FIREWALL",
            // The IPVS mode.
            "KUBE-NODE-PORT",
            "KUBE-LOAD-BALANCER",
            "KUBE-SOURCE-RANGES-FIREWALL",
            "KUBE-IPVS-FILTER",
            "KUBE-IPVS-OUT-FILTER",
            // The user-space mode, which is no more.
            "KUBE-PORTALS-CONTAINER",
            "KUBE-PORTALS-HOST",
            "KUBE-NODEPORT-CONTAINER",
            "KUBE-NODEPORT-HOST",
            "KUBE-NODEPORT-NON-LOCAL");

    /// One for each Service port or endpoint.
    private static final List<String> PREFIXES =
            List.of("KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-EXT-", "KUBE-FW-", "KUBE-XLB-");

    /// Old kubelets make the first as well, and the second alone shows that kube-proxy cleaned up: they only count
    /// beside others.
    static final Set<String> COMPANIONS = Set.of("KUBE-POSTROUTING", "KUBE-PROXY-CANARY");

    /// The kubelet's, but other components send packets there to be masqueraded by KUBE-POSTROUTING.
    static final String MARK_MASQ = "KUBE-MARK-MASQ";

    private KubeProxyChains() {}

    public static boolean contains(String chain) {
        return NAMES.contains(chain) || PREFIXES.stream().anyMatch(chain::startsWith);
    }
}
