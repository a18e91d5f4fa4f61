// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Neighbour;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Set;

/// Asks bridges for pods that nobody knows the port of: a pod that talks to nobody but its neighbours is otherwise
/// unknown to the node.
public final class StationQuestions {

    private StationQuestions() {}

    /// Asks; what is answered is told to a [BridgeWatch].
    ///
    /// @param unknown addresses of pods of this node whose interface is not known
    public static void ask(List<IpAddress> unknown) {
        if (!unknown.isEmpty()) {
            ask(unknown, new NetworkFacts(Rtnetlink.links(), Rtnetlink.addresses(), List.of()));
        }
    }

    private static void ask(List<IpAddress> unknown, NetworkFacts facts) {
        Set<Integer> bridges = facts.bridges();
        List<InterfaceAddress> places = facts.addresses().stream()
                .filter(own -> own.global() && bridges.contains(own.link()))
                .toList();
        List<Neighbour> neighbours = places.isEmpty() ? List.of() : Rtnetlink.neighbours();
        for (InterfaceAddress own : places) {
            unknown.stream().filter(own.prefix()::contains).forEach(address -> ask(own.link(), address, neighbours));
        }
    }

    /// A neighbour whose port is gone has been replaced by another, perhaps. The kernel would ask the former for
    /// seconds.
    private static void ask(int bridge, IpAddress address, List<Neighbour> neighbours) {
        neighbours.stream()
                .filter(neighbour ->
                        neighbour.link() == bridge && neighbour.address().equals(address))
                .filter(neighbour -> neighbour.usable() && !neighbour.set())
                .findFirst()
                .ifPresent(_ -> Rtnetlink.forgetNeighbour(bridge, address));
        Rtnetlink.askForNeighbour(bridge, address);
    }
}
