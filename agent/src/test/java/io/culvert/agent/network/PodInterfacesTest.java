// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PodInterfacesTest {

    private final TestNetwork network = new TestNetwork()
            .device("eth0", "")
            .veth("eth1")
            .veth("cali1234")
            .device("cni0", "bridge")
            .vethInBridge("veth77", "cni0")
            .device("veth-a", "veth")
            .device("bond0", "bond")
            .vethInBridge("veth-b", "bond0")
            .routeVia("0.0.0.0/0", "eth0", "192.0.2.1")
            .route("10.1.0.0/24", "cni0")
            .route("10.1.1.3/32", "cali1234")
            .routeVia("10.2.0.9/32", "eth1", "192.0.2.7");

    @Test
    void routedPodsAndPortsOfBridgesAreFound() {
        assertThat(select().names().values()).containsExactlyInAnyOrder("cali1234", "veth77");
    }

    /// As after it was renamed, or went down and up again: its routes are gone, and its pod may send at once.
    @Test
    void C8_19_whatWasAPodsInterfaceStaysOneWithoutARoute() {
        network.veth("renamed").veth("other").device("renamed0", "dummy");
        Set<Integer> known = Set.of(network.index("renamed"), network.index("renamed0"), 99);

        assertThat(PodInterfaces.select(network.facts(), known, List.of())
                        .names()
                        .values())
                .containsExactlyInAnyOrder("cali1234", "veth77", "renamed");
        assertThat(PodInterfaces.select(network.facts(), known, List.of("eth0"))
                        .names()
                        .values())
                .containsExactly("eth0");
    }

    @Test
    void aRouteOfOneIpv6AddressIsEnough() {
        network.veth("cali99").route("fd00::3/128", "cali99");

        assertThat(select().names().values()).contains("cali99");
    }

    @Test
    void globsReplaceTheSearch() {
        assertThat(select("veth-?", "eth*").names().values())
                .containsExactlyInAnyOrder("eth0", "eth1", "veth-a", "veth-b");
        assertThat(select("veth.7").names()).isEmpty();
    }

    @Test
    void A21_05_otherInterfacesOfPodsAreReportedAndLeaveTheRestAlone() {
        network.device("nk1", "netkit")
                .device("ipvl1", "ipvlan")
                .device("shim0", "macvlan")
                .withoutEthernet("tun0", "tun")
                .route("10.1.1.4/32", "nk1")
                .route("10.1.1.5/32", "ipvl1")
                .route("10.8.0.2/32", "tun0");

        PodInterfaces selected = select();

        assertThat(selected.unsupported()).containsOnlyKeys("interface nk1", "interface ipvl1");
        assertThat(selected.unsupported().get("interface nk1")).contains("netkit");
        assertThat(selected.names().values()).containsExactlyInAnyOrder("cali1234", "veth77");
    }

    private PodInterfaces select(String... globs) {
        return PodInterfaces.select(network.facts(), Set.of(), List.of(globs));
    }
}
