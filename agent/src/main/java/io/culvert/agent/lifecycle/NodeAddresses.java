// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Route;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// The addresses that a pod sees as its peer when it reaches itself through a Service: this node's own.
///
/// @param ipv4 empty where the node has none
/// @param ipv6 likewise
record NodeAddresses(Optional<IpAddress> ipv4, Optional<IpAddress> ipv6) {

    static final NodeAddresses NONE = new NodeAddresses(Optional.empty(), Optional.empty());

    /// For each family: the first InternalIP of the Node object that this machine has, else the first global address
    /// of the interface with the default route, else any global address.
    ///
    /// @param internalIps of the Node object; empty as long as it is not known
    static NodeAddresses choose(
            List<IpAddress> internalIps, Collection<InterfaceAddress> addresses, Collection<Route> routes) {
        return new NodeAddresses(
                choose(IpFamily.IPV4, internalIps, addresses, routes),
                choose(IpFamily.IPV6, internalIps, addresses, routes));
    }

    private static Optional<IpAddress> choose(
            IpFamily family,
            List<IpAddress> internalIps,
            Collection<InterfaceAddress> addresses,
            Collection<Route> routes) {
        List<InterfaceAddress> own = addresses.stream()
                .filter(address -> address.global() && address.address().family() == family)
                .toList();
        Set<IpAddress> present = own.stream().map(InterfaceAddress::address).collect(Collectors.toSet());
        Set<Integer> uplinks = defaultRouteLinks(family, routes);
        return internalIps.stream()
                .filter(present::contains)
                .findFirst()
                .or(() -> own.stream()
                        .filter(address -> uplinks.contains(address.link()))
                        .map(InterfaceAddress::address)
                        .findFirst())
                .or(() -> own.stream().map(InterfaceAddress::address).findFirst());
    }

    private static Set<Integer> defaultRouteLinks(IpFamily family, Collection<Route> routes) {
        Set<Integer> links = new HashSet<>();
        routes.stream()
                .filter(route -> route.isDefault() && route.destination().family() == family)
                .flatMap(route -> route.hops().stream())
                .map(Route.Hop::link)
                .filter(OptionalInt::isPresent)
                .forEach(link -> links.add(link.getAsInt()));
        return links;
    }
}
