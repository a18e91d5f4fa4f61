// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.BridgeEntry;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.loader.netlink.Neighbour;
import io.culvert.loader.netlink.NetworkChange;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Which port of a bridge leads to which address: by the hardware address that the node's neighbour table has for it,
/// and the port behind which the bridge has seen that. Safe for use by several threads.
///
/// Both tables forget who is silent, so a link stays until its port is gone or another port has the address. And both
/// believe what pods send: a port that leads to an address keeps to it, so that a pod whose port is known cannot become
/// another one by claiming its address.
public final class BridgeTables {

    private record Host(int link, IpAddress address) {}

    private record Station(int bridge, MacAddress address) {}

    private final Map<Host, MacAddress> hosts = new HashMap<>();
    private final Map<Station, Integer> ports = new HashMap<>();
    private final Map<IpAddress, Integer> links = new HashMap<>();

    /// Takes what the kernel has, in place of all that is known of its tables. Changes wait meanwhile, so that none is
    /// lost.
    public synchronized void read(Supplier<List<Neighbour>> neighbours, Supplier<List<BridgeEntry>> entries) {
        hosts.clear();
        ports.clear();
        entries.get().forEach(entry -> take(new NetworkChange(false, entry)));
        neighbours.get().forEach(neighbour -> take(new NetworkChange(false, neighbour)));
    }

    /// Takes one change.
    ///
    /// @return whether a link to some address may be different now
    public synchronized boolean take(NetworkChange change) {
        return switch (change.object()) {
            case Neighbour neighbour -> take(change.removed(), neighbour);
            case BridgeEntry entry -> take(change.removed(), entry);
            default -> false;
        };
    }

    /// Who cannot be reached now is where it was.
    private boolean take(boolean removed, Neighbour neighbour) {
        Host host = new Host(neighbour.link(), neighbour.address());
        if (removed) {
            hosts.remove(host);
            return false;
        }
        return neighbour.usable()
                && neighbour
                        .hardwareAddress()
                        .filter(address -> !address.equals(hosts.put(host, address)))
                        .isPresent();
    }

    private boolean take(boolean removed, BridgeEntry entry) {
        Station station = new Station(entry.bridge(), entry.address());
        if (removed || entry.own()) {
            ports.remove(station, entry.port());
            return false;
        }
        Integer before = ports.put(station, entry.port());
        return before == null || before != entry.port();
    }

    /// The pod interfaces that lead to addresses.
    ///
    /// @param pods indexes of pod interfaces with programs
    /// @param addresses of the pods of this node: others say nothing of whose a port is
    public synchronized Map<IpAddress, Integer> links(Set<Integer> pods, Set<IpAddress> addresses) {
        links.values().retainAll(pods);
        links.keySet().retainAll(addresses);
        hosts.forEach((host, address) -> {
            Integer port = ports.get(new Station(host.link(), address));
            if (port != null
                    && pods.contains(port)
                    && addresses.contains(host.address())
                    && isFree(port, host.address())) {
                links.put(host.address(), port);
            }
        });
        return Map.copyOf(links);
    }

    /// Whether a port leads to no other address of the family.
    private boolean isFree(int port, IpAddress address) {
        return links.entrySet().stream()
                .noneMatch(link -> link.getValue() == port
                        && link.getKey().family() == address.family()
                        && !link.getKey().equals(address));
    }
}
