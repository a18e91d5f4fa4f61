// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.Link;
import io.culvert.net.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which interfaces are devices of the node: what its traffic with other machines goes through.
///
/// Without globs: every interface with a default route or with an address that is valid beyond its link, and so the
/// devices of overlay networks too. Not those of pods, not loopback, not what never carries a packet of others (dummy),
/// and of bridges only those that join more than pods. With globs: what they match, but loopback and pods.
///
/// @param names by interface index
/// @param unsupported why devices carry no programs, by what and name
record NodeDevices(Map<Integer, String> names, Map<String, String> unsupported) {

    private static final Set<String> INTERNAL_KINDS = Set.of("dummy", "ifb", "nlmon");

    NodeDevices {
        names = Map.copyOf(names);
        unsupported = Map.copyOf(unsupported);
    }

    /// @param pods indexes of pod interfaces
    /// @param primary addresses of the node: a bridge that has one is a device
    /// @param globs empty: find them
    static NodeDevices select(NetworkFacts facts, Set<Integer> pods, Set<IpAddress> primary, List<String> globs) {
        Set<Integer> found = globs.isEmpty() ? find(facts, pods, primary) : Set.of();
        Globs wanted = Globs.of(globs);
        Map<Integer, String> names = new TreeMap<>();
        Map<String, String> unsupported = new TreeMap<>();
        for (Link link : facts.links()) {
            boolean chosen = globs.isEmpty() ? found.contains(link.index()) : wanted.match(link.name());
            if (!chosen || link.loopback() || pods.contains(link.index())) {
                continue;
            }
            if (link.address().isPresent()) {
                names.put(link.index(), link.name());
            } else {
                String kind = link.kind().isEmpty() ? "" : " (" + link.kind() + ")";
                unsupported.put(
                        "interface " + link.name(),
                        "a device without Ethernet header" + kind + "; NodePorts do not work on it");
            }
        }
        return new NodeDevices(names, unsupported);
    }

    private static Set<Integer> find(NetworkFacts facts, Set<Integer> pods, Set<IpAddress> primary) {
        Set<Integer> found = facts.addressed();
        found.removeAll(podBridges(facts, pods));
        facts.addresses().stream()
                .filter(address -> primary.contains(address.address()))
                .forEach(address -> found.add(address.link()));
        found.addAll(facts.uplinks());
        facts.links().stream()
                .filter(link -> INTERNAL_KINDS.contains(link.kind()))
                .forEach(link -> found.remove(link.index()));
        return found;
    }

    /// Bridges that join nothing, or nothing but pods.
    private static Set<Integer> podBridges(NetworkFacts facts, Set<Integer> pods) {
        Set<Integer> bridges = new HashSet<>(facts.bridges());
        bridges.removeAll(facts.links().stream()
                .filter(link -> !pods.contains(link.index()))
                .map(Link::master)
                .flatMapToInt(OptionalInt::stream)
                .boxed()
                .collect(Collectors.toSet()));
        return bridges;
    }
}
