// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.Route;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a network namespace has.
public record NetworkFacts(List<Link> links, List<InterfaceAddress> addresses, List<Route> routes) {

    private static final String IPVS = "kube-ipvs0";

    public static final NetworkFacts NONE = new NetworkFacts(List.of(), List.of(), List.of());

    public NetworkFacts {
        links = List.copyOf(links);
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
    }

    /// That of the calling thread.
    ///
    /// @throws io.culvert.loader.netlink.NetlinkException if the kernel does not say
    public static NetworkFacts read() {
        return new NetworkFacts(Rtnetlink.links(), Rtnetlink.addresses(), Rtnetlink.routes()).withoutIpvs();
    }

    /// Without the addresses of the device on which kube-proxy's IPVS mode keeps cluster IPs: none is the node's.
    NetworkFacts withoutIpvs() {
        Set<Integer> ipvs = links.stream()
                .filter(link -> link.name().equals(IPVS))
                .map(Link::index)
                .collect(Collectors.toSet());
        return new NetworkFacts(
                links,
                addresses.stream()
                        .filter(address -> !ipvs.contains(address.link()))
                        .toList(),
                routes);
    }

    /// Indexes of the interfaces that default routes lead to, in any table.
    Set<Integer> uplinks() {
        return hops(Route::isDefault);
    }

    /// Those of one family.
    Set<Integer> uplinks(IpFamily family) {
        return hops(route -> route.isDefault() && route.destination().family() == family);
    }

    /// Indexes of the interfaces that a route of one address leads to, without a gateway.
    Set<Integer> singleAddressLinks() {
        return singleAddressRoutes()
                .flatMap(route -> route.hops().stream())
                .filter(hop -> hop.gateway().isEmpty())
                .map(Route.Hop::link)
                .flatMapToInt(OptionalInt::stream)
                .boxed()
                .collect(Collectors.toSet());
    }

    /// Indexes of the interfaces that alone a route of one address leads to, without a gateway, by that address.
    Map<IpAddress, Integer> linksByAddress() {
        Map<IpAddress, Integer> links = new HashMap<>();
        singleAddressRoutes()
                .filter(route -> route.hops().size() == 1)
                .filter(route -> route.hops().getFirst().gateway().isEmpty())
                .forEach(route -> route.hops()
                        .getFirst()
                        .link()
                        .ifPresent(link -> links.put(route.destination().address(), link)));
        return links;
    }

    private Stream<Route> singleAddressRoutes() {
        return routes.stream()
                .filter(route -> route.type() == Route.Type.UNICAST
                        && route.destination().length()
                                == route.destination().family().bits());
    }

    /// Indexes of the interfaces that have an address which is valid beyond their link.
    Set<Integer> addressed() {
        return addresses.stream()
                .filter(InterfaceAddress::global)
                .map(InterfaceAddress::link)
                .collect(Collectors.toSet());
    }

    /// Indexes of the bridges.
    Set<Integer> bridges() {
        return links.stream()
                .filter(link -> link.kind().equals("bridge"))
                .map(Link::index)
                .collect(Collectors.toSet());
    }

    private Set<Integer> hops(Predicate<Route> which) {
        Set<Integer> links = new HashSet<>();
        routes.stream()
                .filter(which)
                .flatMap(route -> route.hops().stream())
                .forEach(hop -> hop.link().ifPresent(links::add));
        return links;
    }
}
