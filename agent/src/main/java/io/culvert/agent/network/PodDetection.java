// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.agent.config.LocalTraffic;
import io.culvert.loader.netlink.Link;
import io.culvert.maps.AddressRange;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How programs tell pods from other clients.
///
/// @param devices indexes of interfaces through which pods come
/// @param ranges where addresses of pods lie; empty: not known yet, what was known before holds
/// @param detects whether there is a way to tell at all; a mode without what it needs does nothing, as in kube-proxy
record PodDetection(Set<Integer> devices, Optional<List<AddressRange>> ranges, boolean detects) {

    PodDetection {
        devices = Set.copyOf(devices);
        ranges = ranges.map(List::copyOf);
    }

    /// @param primary addresses of the node, whose families have to be told
    /// @param pods indexes of pod interfaces
    /// @param podCidrs of the Node object; empty as long as they are not known
    static PodDetection of(
            LocalTraffic mode, NetworkFacts facts, NodeAddresses primary, Set<Integer> pods, List<IpPrefix> podCidrs) {
        return switch (mode) {
            case LocalTraffic.PodInterface() -> devices(pods);
            case LocalTraffic.ClusterCidr(var blocks) -> blocks(blocks, primary, pods);
            case LocalTraffic.NodeCidr() ->
                podCidrs.isEmpty()
                        ? new PodDetection(Set.of(), Optional.empty(), true)
                        : blocks(firstOfEachFamily(podCidrs), primary, pods);
            case LocalTraffic.BridgeInterface(String name) -> devices(ofBridge(name, facts));
            case LocalTraffic.InterfaceNamePrefix(String prefix) ->
                devices(indexes(facts, link -> link.name().startsWith(prefix)));
        };
    }

    private static PodDetection devices(Set<Integer> devices) {
        return new PodDetection(devices, Optional.of(List.of()), true);
    }

    /// Programs tell pods in all families or in none: where one family has no block, pods are known by their
    /// interfaces too, or else every pod of that family would be taken for a stranger.
    private static PodDetection blocks(List<IpPrefix> blocks, NodeAddresses primary, Set<Integer> pods) {
        boolean enough = Stream.of(IpFamily.values())
                .filter(primary::has)
                .allMatch(family -> blocks.stream().anyMatch(block -> block.family() == family));
        return new PodDetection(
                enough || blocks.isEmpty() ? Set.of() : pods, Optional.of(ranges(blocks)), !blocks.isEmpty());
    }

    /// Packets reach our programs at the ports of the bridge, before the bridge itself.
    private static Set<Integer> ofBridge(String name, NetworkFacts facts) {
        Set<Integer> bridge = indexes(facts, link -> link.name().equals(name));
        Set<Integer> all = indexes(facts, link -> link.master().stream().anyMatch(bridge::contains));
        all.addAll(bridge);
        return all;
    }

    private static Set<Integer> indexes(NetworkFacts facts, Predicate<Link> which) {
        return facts.links().stream().filter(which).map(Link::index).collect(Collectors.toSet());
    }

    private static List<IpPrefix> firstOfEachFamily(List<IpPrefix> blocks) {
        List<IpPrefix> first = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            blocks.stream()
                    .filter(block -> block.family() == family)
                    .findFirst()
                    .ifPresent(first::add);
        }
        return first;
    }

    private static List<AddressRange> ranges(List<IpPrefix> blocks) {
        return blocks.stream()
                .map(block -> AddressRange.of(block, Set.of(AddressRange.Meaning.PODS)))
                .toList();
    }
}
