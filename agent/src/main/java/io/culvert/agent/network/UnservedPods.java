// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.cluster.Pod;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.Route;
import io.culvert.net.IpAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Finds pods whose packets no program sees, because the way to them leads through no pod interface: those with a
/// macvlan or SR-IOV interface appear on a device of the node.
final class UnservedPods {

    private final NetworkFacts facts;
    private final Set<Integer> served;

    /// @param pods indexes of pod interfaces
    UnservedPods(NetworkFacts facts, Set<Integer> pods) {
        this.facts = facts;
        this.served = facts.links().stream()
                .filter(link -> pods.contains(link.index()))
                .map(Link::master)
                .flatMapToInt(OptionalInt::stream)
                .boxed()
                .collect(Collectors.toSet());
        served.addAll(pods);
    }

    /// Why, by the name of the pod.
    Map<String, String> among(List<Pod> pods) {
        Map<String, String> found = new TreeMap<>();
        for (Pod pod : pods) {
            pod.ips().stream()
                    .flatMap(ip -> link(ip).stream())
                    .filter(link -> !served.contains(link.index()))
                    .findFirst()
                    .ifPresent(link -> found.put(
                            "pod " + pod.name(),
                            "the way to it leads through " + link.name() + ", which is no pod interface; its packets"
                                    + " are not translated"));
        }
        return found;
    }

    /// The interface that the most specific route of the main table leads to, if no gateway is between.
    private Optional<Link> link(IpAddress address) {
        return facts.routes().stream()
                .filter(route -> route.table() == Route.MAIN_TABLE
                        && route.type() == Route.Type.UNICAST
                        && route.destination().contains(address))
                .max(Comparator.<Route>comparingInt(route -> route.destination().length())
                        .thenComparing(Comparator.comparingLong(Route::priority).reversed()))
                .flatMap(route -> route.hops().stream().findFirst())
                .filter(hop -> hop.gateway().isEmpty() && hop.link().isPresent())
                .flatMap(hop -> facts.links().stream()
                        .filter(link -> link.index() == hop.link().getAsInt())
                        .findFirst());
    }
}
