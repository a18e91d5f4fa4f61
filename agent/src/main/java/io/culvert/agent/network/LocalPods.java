// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.maps.AddressKey;
import io.culvert.maps.LocalPod;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Which pods the fast path leads to: those behind a veth whose end the node knows, and where nothing on the way shapes
/// traffic or keeps pods apart.
public final class LocalPods {

    private LocalPods() {}

    /// @param links of the namespace
    /// @param interfaces indexes of pod interfaces with programs, by the pods' addresses
    /// @param ends the pod's end of an interface, if it can be read
    static Map<AddressKey, LocalPod> of(
            List<Link> links, Map<IpAddress, Integer> interfaces, Function<Link, Optional<Link>> ends) {
        Map<Integer, Link> byIndex = links.stream().collect(Collectors.toMap(Link::index, link -> link));
        Map<Integer, Optional<LocalPod>> known = new HashMap<>();
        Map<AddressKey, LocalPod> pods = new HashMap<>();
        interfaces.forEach((address, index) -> known.computeIfAbsent(index, _ -> pod(byIndex, index, ends))
                .ifPresent(pod -> pods.put(new AddressKey(address), pod)));
        return pods;
    }

    /// The same of this namespace.
    public static Map<AddressKey, LocalPod> read(Map<IpAddress, Integer> interfaces) {
        return of(Rtnetlink.links(), interfaces, LocalPods::end);
    }

    private static Optional<LocalPod> pod(Map<Integer, Link> links, int index, Function<Link, Optional<Link>> ends) {
        return Optional.ofNullable(links.get(index))
                .filter(link -> index <= LocalPod.MAX_IFINDEX && link.kind().equals("veth") && link.plain())
                .flatMap(link -> router(links, link)
                        .flatMap(router ->
                                ends.apply(link).flatMap(Link::address).map(mac -> new LocalPod(index, mac, router))));
    }

    /// Whose address packets have as their source that the node routes to the pod.
    private static Optional<MacAddress> router(Map<Integer, Link> links, Link link) {
        if (link.master().isEmpty()) {
            return link.address();
        }
        return Optional.ofNullable(links.get(link.master().getAsInt()))
                .filter(master -> master.kind().equals("bridge") && master.plain())
                .flatMap(Link::address);
    }

    private static Optional<Link> end(Link link) {
        return link.peer().isEmpty() || link.peerNamespace().isEmpty()
                ? Optional.empty()
                : Rtnetlink.link(link.peer().getAsInt(), link.peerNamespace().getAsInt());
    }
}
