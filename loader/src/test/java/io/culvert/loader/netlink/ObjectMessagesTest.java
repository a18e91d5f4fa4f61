// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ObjectMessagesTest {

    private static final List<Link> LINKS = Capture.objects("links", Link.class);
    private static final List<Route> ROUTES = Capture.objects("routes", Route.class);

    @Test
    void readsBothEndsOfAVethPair() {
        assertThat(LINKS).extracting(Link::name).containsExactly("lo", "pod0", "br0", "port1", "port0", "uplink");
        assertThat(link("port0").peer()).hasValue(link("port1").index());
        assertThat(link("port1").peer()).hasValue(link("port0").index());
        assertThat(link("port0").peerNamespace()).isEmpty();
        assertThat(link("port0").kind()).isEqualTo("veth");
    }

    @Test
    void readsAPodsInterface() {
        assertThat(link("pod0"))
                .isEqualTo(new Link(
                        2,
                        "pod0",
                        "veth",
                        true,
                        true,
                        false,
                        1500,
                        OptionalInt.empty(),
                        OptionalInt.of(2),
                        OptionalInt.of(0),
                        Optional.of(new MacAddress(0x02_00_00_00_00_01L)),
                        true));
    }

    @Test
    void readsTheBridgeOfAPort() {
        assertThat(link("port0").master()).hasValue(link("br0").index());
        assertThat(link("br0").kind()).isEqualTo("bridge");
        assertThat(link("br0").up()).isFalse();
        assertThat(link("uplink").mtu()).isEqualTo(1400);
        assertThat(link("uplink").master()).isEmpty();
    }

    @Test
    void readsLoopback() {
        assertThat(link("lo").loopback()).isTrue();
        assertThat(link("lo").kind()).isEmpty();
        assertThat(link("lo").address()).isEmpty();
    }

    @Test
    void readsAddresses() {
        assertThat(Capture.objects("addresses", InterfaceAddress.class))
                .contains(
                        new InterfaceAddress(link("lo").index(), IpAddress.of("127.0.0.1"), 8, false, true),
                        new InterfaceAddress(link("uplink").index(), IpAddress.of("10.9.0.1"), 24, true, true),
                        new InterfaceAddress(link("uplink").index(), IpAddress.of("fd09::1"), 64, true, true),
                        new InterfaceAddress(link("pod0").index(), IpAddress.of("10.9.1.1"), 32, true, true));
    }

    @Test
    void readsRoutes() {
        int uplink = link("uplink").index();
        assertThat(route("0.0.0.0/0"))
                .isEqualTo(new Route(
                        prefix("0.0.0.0/0"),
                        Route.Type.UNICAST,
                        Route.MAIN_TABLE,
                        50,
                        Optional.empty(),
                        List.of(hop(uplink, "10.9.0.254"))));
        assertThat(route("0.0.0.0/0").isDefault()).isTrue();
        assertThat(route("::/0").isDefault()).isTrue();
        assertThat(route("10.9.0.0/24").source()).contains(IpAddress.of("10.9.0.1"));
        assertThat(route("10.9.0.0/24").hops())
                .containsExactly(new Route.Hop(OptionalInt.of(uplink), Optional.empty()));
        assertThat(route("fd20::/32").table()).isEqualTo(100);
        assertThat(route("10.9.0.1/32").table()).isEqualTo(Route.LOCAL_TABLE);
        assertThat(route("10.9.0.1/32").type()).isEqualTo(Route.Type.LOCAL);
    }

    @Test
    void readsRoutesWithSeveralHopsNoneOrOneOfTheOtherFamily() {
        assertThat(route("10.20.0.0/16").hops())
                .containsExactly(
                        hop(link("uplink").index(), "10.9.0.2"),
                        hop(link("pod0").index(), "10.9.1.2"));
        assertThat(route("10.30.0.0/16").type()).isEqualTo(Route.Type.BLACKHOLE);
        assertThat(route("10.30.0.0/16").hops()).isEmpty();
        assertThat(route("10.40.0.0/16").hops())
                .containsExactly(hop(link("uplink").index(), "fd09::9"));
    }

    @Test
    void readsNeighbours() {
        assertThat(Capture.objects("neighbours", Neighbour.class))
                .filteredOn(Neighbour::usable)
                .extracting(
                        Neighbour::address,
                        neighbour -> neighbour.hardwareAddress().orElseThrow().toString())
                .contains(
                        tuple(IpAddress.of("10.9.0.2"), "02:00:00:00:00:99"),
                        tuple(IpAddress.of("fd09::2"), "02:00:00:00:00:98"));
    }

    @Test
    void tellsRemovalFromAddition() {
        byte[] datagram = Capture.datagrams("links").getFirst().clone();
        assertThat(firstChange(datagram)).map(NetworkChange::removed).contains(false);
        datagram[4] = 17;
        assertThat(firstChange(datagram)).map(NetworkChange::removed).contains(true);
    }

    /// `ip link set port0 nomaster` sends RTM_DELLINK for port0, which stays.
    @Test
    void passesOverWhatABridgeSaysAboutItsPorts() {
        byte[] datagram = Capture.datagrams("links").getFirst().clone();
        datagram[16] = 7;
        assertThat(firstChange(datagram)).isEmpty();
    }

    private static Optional<NetworkChange> firstChange(byte[] datagram) {
        return ObjectMessages.parse(
                NetlinkMessage.split(ByteBuffer.wrap(datagram)).getFirst());
    }

    private static Link link(String name) {
        return LINKS.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Route route(String destination) {
        return ROUTES.stream()
                .filter(route -> route.destination().equals(prefix(destination)))
                .findFirst()
                .orElseThrow();
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }

    private static Route.Hop hop(int link, String gateway) {
        return new Route.Hop(OptionalInt.of(link), Optional.of(IpAddress.of(gateway)));
    }
}
