// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.loader.netlink.Route;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A network that a test describes line by line. Interfaces are numbered from 1, which is loopback.
public final class TestNetwork {

    private final List<Link> links = new ArrayList<>();
    private final List<InterfaceAddress> addresses = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    public TestNetwork() {
        add("lo", "", 0, false, false, true);
        address("lo", "127.0.0.1", 8, false, true);
        address("lo", "::1", 128, false, true);
    }

    /// Hardware, or a device of some kind, with an Ethernet header.
    public TestNetwork device(String name, String kind) {
        return add(name, kind, 0, false, true, false);
    }

    public TestNetwork withoutEthernet(String name, String kind) {
        return add(name, kind, 0, false, false, false);
    }

    /// A veth whose other end is in another namespace.
    public TestNetwork veth(String name) {
        return add(name, "veth", 0, true, true, false);
    }

    public TestNetwork vethInBridge(String name, String bridge) {
        return add(name, "veth", index(bridge), true, true, false);
    }

    public TestNetwork port(String name, String master) {
        return add(name, "", index(master), false, true, false);
    }

    public TestNetwork address(String link, String address) {
        return address(link, address, 24, true, true);
    }

    public TestNetwork secondaryAddress(String link, String address) {
        return address(link, address, 24, true, false);
    }

    public TestNetwork linkLocal(String link, String address) {
        return address(link, address, 64, false, true);
    }

    public TestNetwork route(String destination, String link) {
        return route(destination, link, Optional.empty());
    }

    public TestNetwork routeVia(String destination, String link, String gateway) {
        return route(destination, link, Optional.of(IpAddress.of(gateway)));
    }

    public NetworkFacts facts() {
        return new NetworkFacts(links, addresses, routes);
    }

    public int index(String name) {
        return links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow()
                .index();
    }

    private TestNetwork add(
            String name, String kind, int master, boolean otherNamespace, boolean ethernet, boolean loopback) {
        int index = links.size() + 1;
        links.add(new Link(
                index,
                name,
                kind,
                true,
                true,
                loopback,
                1500,
                master == 0 ? OptionalInt.empty() : OptionalInt.of(master),
                OptionalInt.empty(),
                otherNamespace ? OptionalInt.of(0) : OptionalInt.empty(),
                ethernet ? Optional.of(new MacAddress(0x020000000000L + index)) : Optional.empty(),
                true));
        return this;
    }

    private TestNetwork address(String link, String address, int length, boolean global, boolean preferred) {
        addresses.add(new InterfaceAddress(index(link), IpAddress.of(address), length, global, preferred));
        return this;
    }

    private TestNetwork route(String destination, String link, Optional<IpAddress> gateway) {
        routes.add(new Route(
                IpPrefix.parse(destination).orElseThrow(),
                Route.Type.UNICAST,
                Route.MAIN_TABLE,
                0,
                Optional.empty(),
                List.of(new Route.Hop(OptionalInt.of(index(link)), gateway))));
        return this;
    }
}
