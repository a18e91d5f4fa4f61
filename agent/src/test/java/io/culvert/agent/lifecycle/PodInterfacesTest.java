// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.Route;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class PodInterfacesTest {

    private static final Link UPLINK = link(2, "eth0", "", 0, -1);
    private static final Link NESTED_UPLINK = link(3, "eth1", "veth", 0, 7);
    private static final Link CALICO = link(4, "cali1234", "veth", 0, 1);
    private static final Link BRIDGE = link(5, "cni0", "bridge", 0, -1);
    private static final Link PORT = link(6, "veth77", "veth", 5, 2);
    private static final Link LOCAL_PAIR = link(7, "veth-a", "veth", 5, -1);
    private static final Link BOND_PORT = link(8, "veth-b", "veth", 2, 3);
    private static final List<Link> LINKS = List.of(UPLINK, NESTED_UPLINK, CALICO, BRIDGE, PORT, LOCAL_PAIR, BOND_PORT);

    private static final List<Route> ROUTES = List.of(
            route("0.0.0.0/0", 2, "192.0.2.1"),
            route("10.1.0.0/24", 5, null),
            route("10.1.1.3/32", 4, null),
            route("10.2.0.9/32", 3, "192.0.2.7"));

    @Test
    void routedPodsAndPortsOfBridgesAreFound() {
        assertThat(PodInterfaces.select(LINKS, ROUTES, List.of())).isEqualTo(Map.of(4, "cali1234", 6, "veth77"));
    }

    @Test
    void aRouteOfOneIpv6AddressIsEnough() {
        List<Route> routes = List.of(route("fd00::3/128", 4, null));

        assertThat(PodInterfaces.select(LINKS, routes, List.of())).containsKey(4);
    }

    @Test
    void globsReplaceTheSearch() {
        assertThat(PodInterfaces.select(LINKS, ROUTES, List.of("veth-?", "eth*")))
                .isEqualTo(Map.of(2, "eth0", 3, "eth1", 7, "veth-a", 8, "veth-b"));
        assertThat(PodInterfaces.select(LINKS, ROUTES, List.of("veth.7"))).isEmpty();
    }

    @Test
    void theNodeObjectsAddressIsChosenIfTheMachineHasIt() {
        List<InterfaceAddress> addresses = List.of(
                address(5, "10.1.0.1"), address(2, "192.0.2.2"), address(2, "192.0.2.3"), address(5, "fd00::1"));

        assertThat(choose(List.of(IpAddress.of("192.0.2.3")), addresses)).isEqualTo("192.0.2.3, fd00::1");
        assertThat(choose(List.of(IpAddress.of("203.0.113.9")), addresses)).isEqualTo("192.0.2.2, fd00::1");
        assertThat(choose(List.of(), List.of())).isEqualTo("no IPv4, no IPv6");
    }

    private static String choose(List<IpAddress> internalIps, List<InterfaceAddress> addresses) {
        return NodeNetwork.text(NodeAddresses.choose(internalIps, addresses, ROUTES));
    }

    private static Link link(int index, String name, String kind, int master, int peerNamespace) {
        return new Link(
                index,
                name,
                kind,
                true,
                true,
                false,
                1500,
                master == 0 ? OptionalInt.empty() : OptionalInt.of(master),
                OptionalInt.empty(),
                peerNamespace < 0 ? OptionalInt.empty() : OptionalInt.of(peerNamespace),
                Optional.empty());
    }

    private static Route route(String destination, int link, @org.jspecify.annotations.Nullable String gateway) {
        return new Route(
                IpPrefix.parse(destination).orElseThrow(),
                Route.Type.UNICAST,
                Route.MAIN_TABLE,
                0,
                Optional.empty(),
                List.of(new Route.Hop(
                        OptionalInt.of(link), Optional.ofNullable(gateway).map(IpAddress::of))));
    }

    private static InterfaceAddress address(int link, String address) {
        return new InterfaceAddress(link, IpAddress.of(address), 24, true);
    }
}
