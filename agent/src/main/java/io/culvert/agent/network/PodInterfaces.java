// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.Link;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which interfaces are the host side of a pod.
///
/// Without globs: a veth whose other end is in another namespace, and that is a port of a bridge (flannel, kindnet's
/// ptp is not) or that a route of one address leads to (Calico, Cilium, AWS, ptp). The veth that joins a nested node
/// to its host has neither. One that was found once stays a pod's, also while it has neither, as after it was
/// renamed: what its pod sends then is held to policies from the first packet on. With globs: every interface whose
/// name matches one, and no other.
///
/// @param names by interface index
/// @param unsupported why interfaces that lead to pods carry no programs, by what and name
record PodInterfaces(Map<Integer, String> names, Map<String, String> unsupported) {

    /// Kinds that lead to a pod where a route of one address does. Others, as tunnels, lead to other machines.
    private static final Set<String> OTHER_POD_KINDS = Set.of("netkit", "ipvlan", "macvlan");

    PodInterfaces {
        names = Map.copyOf(names);
        unsupported = Map.copyOf(unsupported);
    }

    /// @param known indexes of those that were found before
    /// @param globs empty: find them
    static PodInterfaces select(NetworkFacts facts, Set<Integer> known, List<String> globs) {
        Map<Integer, String> selected = new TreeMap<>();
        Map<String, String> unsupported = new TreeMap<>();
        Set<Integer> bridges = facts.bridges();
        Set<Integer> routed = facts.singleAddressLinks();
        Globs wanted = Globs.of(globs);
        for (Link link : facts.links()) {
            boolean port = link.master().stream().anyMatch(bridges::contains);
            boolean pair = link.kind().equals("veth") && link.peerNamespace().isPresent();
            boolean leadsToOne = routed.contains(link.index());
            if (globs.isEmpty()
                    ? pair && (port || leadsToOne || known.contains(link.index()))
                    : wanted.match(link.name())) {
                selected.put(link.index(), link.name());
            } else if (globs.isEmpty() && leadsToOne && OTHER_POD_KINDS.contains(link.kind())) {
                unsupported.put(
                        "interface " + link.name(),
                        "a pod interface of kind " + link.kind() + "; only veth is supported");
            }
        }
        return new PodInterfaces(selected, unsupported);
    }
}
