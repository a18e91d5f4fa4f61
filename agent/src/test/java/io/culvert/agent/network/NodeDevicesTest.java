// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NodeDevicesTest {

    private final TestNetwork network = new TestNetwork()
            .device("eth0", "")
            .address("eth0", "192.0.2.2")
            .routeVia("0.0.0.0/0", "eth0", "192.0.2.1")
            .veth("cali1")
            .address("cali1", "10.1.0.1")
            .route("10.1.0.2/32", "cali1");

    @Test
    void A10_15_devicesWithADefaultRouteOrAnAddressAreFound() {
        network.device("eth1", "")
                .address("eth1", "198.51.100.1")
                .device("eth2", "")
                .linkLocal("eth2", "fe80::2")
                .device("vlan7", "vlan")
                .address("vlan7", "fd07::1")
                .device("ppp", "")
                .route("::/0", "ppp")
                .device("flannel.1", "vxlan")
                .address("flannel.1", "10.1.0.0");

        assertThat(select().names().values()).containsExactlyInAnyOrder("eth0", "eth1", "vlan7", "ppp", "flannel.1");
    }

    @Test
    void podsLoopbackAndWhatNeverCarriesPacketsAreNotDevices() {
        network.address("lo", "203.0.113.5").device("nodelocaldns", "dummy").address("nodelocaldns", "169.254.20.10");

        assertThat(select().names().values()).containsExactly("eth0");
        assertThat(select("*").names().values()).containsExactlyInAnyOrder("eth0", "nodelocaldns");
        assertThat(select("*").unsupported()).isEmpty();
    }

    @Test
    void aBridgeCountsIfItJoinsMoreThanPods() {
        network.device("cni0", "bridge").address("cni0", "10.1.1.1");
        assertThat(select().names().values()).containsExactly("eth0");

        network.port("eth5", "cni0");
        assertThat(select().names().values()).containsExactlyInAnyOrder("eth0", "cni0");
    }

    @Test
    void aBridgeWithTheNodesAddressCounts() {
        network.device("br-ex", "bridge").address("br-ex", "198.51.100.9");

        assertThat(NodeDevices.select(
                                network.facts(),
                                Set.of(network.index("cali1")),
                                Set.of(IpAddress.of("198.51.100.9")),
                                List.of())
                        .names()
                        .values())
                .containsExactlyInAnyOrder("eth0", "br-ex");
    }

    @Test
    void devicesWithoutEthernetHeaderAreReported() {
        network.withoutEthernet("wg0", "wireguard")
                .address("wg0", "10.9.0.1")
                .withoutEthernet("tunl0", "ipip")
                .withoutEthernet("tailscale0", "tun")
                .routeVia("::/0", "tailscale0", "fd00::1");

        NodeDevices devices = select();

        assertThat(devices.names().values()).containsExactly("eth0");
        assertThat(devices.unsupported()).containsOnlyKeys("interface wg0", "interface tailscale0");
        assertThat(devices.unsupported().get("interface wg0")).contains("wireguard", "NodePorts do not work");
    }

    @Test
    void globsReplaceTheSearchButNeverTakeAPod() {
        network.device("eth1", "");

        assertThat(select("eth1", "cali*", "lo").names().values()).containsExactly("eth1");
    }

    private NodeDevices select(String... globs) {
        return NodeDevices.select(network.facts(), Set.of(network.index("cali1")), Set.of(), List.of(globs));
    }
}
