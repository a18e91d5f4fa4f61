// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.maps.AddressKey;
import io.culvert.maps.LocalPod;
import io.culvert.net.IpAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LocalPodsTest {

    private static final IpAddress ADDRESS = IpAddress.of("10.1.0.2");

    private final TestNetwork network =
            new TestNetwork().device("cni0", "bridge").veth("cali1").vethInBridge("veth1", "cni0");

    /// The pod's end of an interface has the address of that, with another first byte.
    private static Optional<Link> end(Link link) {
        return Optional.of(
                withAddress(link, new MacAddress(link.address().orElseThrow().bits() | 0xf00000000000L)));
    }

    private static Link withAddress(Link link, MacAddress address) {
        return link(link, Optional.of(address), link.plain());
    }

    private static Link shaped(Link link) {
        return link(link, link.address(), false);
    }

    private static Link link(Link link, Optional<MacAddress> address, boolean plain) {
        return new Link(
                link.index(),
                link.name(),
                link.kind(),
                true,
                true,
                false,
                link.mtu(),
                link.master(),
                link.peer(),
                link.peerNamespace(),
                address,
                plain);
    }

    private Map<AddressKey, LocalPod> behind(String name, String shaped) {
        return LocalPods.of(
                network.facts().links().stream()
                        .map(link -> link.name().equals(shaped) ? shaped(link) : link)
                        .toList(),
                Map.of(ADDRESS, network.index(name)),
                LocalPodsTest::end);
    }

    private static MacAddress mac(long bits) {
        return new MacAddress(bits);
    }

    @Test
    void aRoutedPodHasTheHostsSideAsItsRouter() {
        assertThat(behind("cali1", ""))
                .containsExactly(Map.entry(
                        new AddressKey(ADDRESS), new LocalPod(3, mac(0xf20000000003L), mac(0x020000000003L))));
    }

    @Test
    void aBridgedPodHasTheBridgeAsItsRouter() {
        assertThat(behind("veth1", ""))
                .containsExactly(Map.entry(
                        new AddressKey(ADDRESS), new LocalPod(4, mac(0xf20000000004L), mac(0x020000000002L))));
    }

    @Test
    void whatIsShapedOrKeptApartIsLeftToTheStack() {
        assertThat(behind("cali1", "cali1")).isEmpty();
        assertThat(behind("veth1", "veth1")).isEmpty();
        assertThat(behind("veth1", "cni0")).isEmpty();
    }

    @Test
    void aPodWhoseEndIsUnknownIsLeftToTheStack() {
        assertThat(LocalPods.of(
                        network.facts().links(), Map.of(ADDRESS, network.index("cali1")), _ -> Optional.empty()))
                .isEmpty();
    }
}
