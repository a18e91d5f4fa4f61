// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.config.LocalTraffic;
import io.culvert.agent.config.NodePortAddresses;
import io.culvert.agent.config.XdpChoice;
import io.culvert.cluster.Node;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.cluster.SocketLb;
import io.culvert.maps.Device;
import io.culvert.maps.DeviceKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class WantedNetworkTest {

    private final TestNetwork network = new TestNetwork()
            .device("cni0", "bridge")
            .address("cni0", "10.1.0.1")
            .vethInBridge("veth1", "cni0")
            .device("eth0", "")
            .secondaryAddress("eth0", "192.0.2.9")
            .address("eth0", "192.0.2.2")
            .address("eth0", "192.0.2.3")
            .address("eth0", "fd00::2")
            .routeVia("0.0.0.0/0", "eth0", "192.0.2.1")
            .device("eth1", "")
            .address("eth1", "198.51.100.2");

    private Optional<Node> node = Optional.empty();
    private NodePortAddresses nodePorts = new NodePortAddresses.Primary();
    private Optional<IpAddress> bind = Optional.empty();
    private List<Pod> pods = List.of();

    @Test
    void theNodeObjectsAddressIsChosenIfTheMachineHasIt() {
        assertThat(wanted().primary()).hasToString("192.0.2.2, fd00::2");

        node = Optional.of(Node.of("n1", addresses("203.0.113.9", "192.0.2.3")));
        assertThat(wanted().primary()).hasToString("192.0.2.3, fd00::2");

        bind = Optional.of(IpAddress.of("198.51.100.2"));
        assertThat(wanted().primary()).hasToString("198.51.100.2, fd00::2");

        assertThat(NodeAddresses.choose(Optional.empty(), List.of(), NetworkFacts.NONE))
                .hasToString("no IPv4, no IPv6");
    }

    @Test
    void A10_03_A10_04_A10_07_onlyPrimaryAddressesServeNodePorts() {
        node = Optional.of(Node.of("n1", addresses("192.0.2.3", "fd00::2")));

        assertThat(wanted().nodePortAddresses()).containsExactlyElementsOf(addresses("192.0.2.3", "fd00::2"));
        assertThat(known())
                .isEqualTo(Set.copyOf(
                        addresses("192.0.2.2", "192.0.2.3", "192.0.2.9", "fd00::2", "198.51.100.2", "10.1.0.1")));
    }

    @Test
    void A10_05_addressesInABlockServeNodePorts() {
        nodePorts = new NodePortAddresses.Blocks(List.of(prefix("198.51.100.0/24"), prefix("127.0.0.0/8")));

        assertThat(wanted().nodePortAddresses()).containsExactly(IpAddress.of("198.51.100.2"));
    }

    @Test
    void A10_02_A10_06_allAddressesButLoopbackServeNodePorts() {
        network.address("lo", "203.0.113.7");
        nodePorts = new NodePortAddresses.All();

        assertThat(Set.copyOf(wanted().nodePortAddresses())).isEqualTo(known());
        assertThat(known()).contains(IpAddress.of("203.0.113.7")).doesNotContain(IpAddress.of("127.0.0.1"));
    }

    @Test
    void A6_36_interfacesMasqueradeWithTheirOwnAddress() {
        assertThat(device("eth0", new LocalTraffic.PodInterface())).isEqualTo(device("192.0.2.2", "fd00::2", false));
        assertThat(device("eth1", new LocalTraffic.PodInterface())).isEqualTo(device("198.51.100.2", "::", false));
        assertThat(device("cni0", new LocalTraffic.PodInterface())).isEqualTo(device("10.1.0.1", "::", false));
        assertThat(device("veth1", new LocalTraffic.PodInterface())).isEqualTo(device("::", "::", true));
        assertThat(wanted().interfaces()).doesNotContainKey(new DeviceKey(network.index("lo")));
    }

    @Test
    void A7_01_podsAreKnownByTheClustersBlock() {
        LocalTraffic mode = new LocalTraffic.ClusterCidr(List.of(prefix("10.1.0.0/16"), prefix("fd44::/48")));

        assertThat(ranges(mode)).contains("10.1.0.0/16 [PODS], fd44::/48 [PODS]");
        assertThat(device("veth1", mode).pods()).isFalse();
        assertThat(wanted(mode).detectsPods()).isTrue();
    }

    @Test
    void A7_02_A19_03_podsAreKnownByTheNodesFirstBlockOfEachFamily() {
        LocalTraffic mode = new LocalTraffic.NodeCidr();
        assertThat(ranges(mode)).isEmpty();

        node = Optional.of(node("10.1.0.0/24", "10.2.0.0/24", "fd44::/64"));
        assertThat(ranges(mode)).contains("10.1.0.0/24 [PODS], fd44::/64 [PODS]");

        node = Optional.of(node("10.9.0.0/24"));
        assertThat(ranges(mode)).contains("10.9.0.0/24 [PODS]");
    }

    @Test
    void A7_03_podsAreKnownByTheirBridge() {
        network.veth("cali1").route("10.1.1.3/32", "cali1");
        LocalTraffic mode = new LocalTraffic.BridgeInterface("cni0");

        assertThat(device("veth1", mode).pods()).isTrue();
        assertThat(device("cni0", mode).pods()).isTrue();
        assertThat(device("cali1", mode).pods()).isFalse();
        assertThat(ranges(mode)).contains("");
    }

    @Test
    void A7_04_podsAreKnownByTheBeginningOfTheName() {
        LocalTraffic mode = new LocalTraffic.InterfaceNamePrefix("eth");

        assertThat(device("eth1", mode).pods()).isTrue();
        assertThat(device("veth1", mode).pods()).isFalse();
    }

    @Test
    void A7_05_nothingIsDetectedWithoutABlock() {
        assertThat(wanted(new LocalTraffic.ClusterCidr(List.of())).detectsPods())
                .isFalse();
    }

    @Test
    void aFamilyWithoutABlockIsToldByInterfaces() {
        LocalTraffic mode = new LocalTraffic.ClusterCidr(List.of(prefix("10.1.0.0/16")));

        assertThat(ranges(mode)).contains("10.1.0.0/16 [PODS]");
        assertThat(device("veth1", mode).pods()).isTrue();
        assertThat(device("eth0", mode).pods()).isFalse();
    }

    @Test
    void A21_05_podsBehindOtherInterfacesAreReportedOneByOne() {
        network.route("10.1.0.0/24", "cni0").route("192.0.2.0/24", "eth0").routeVia("10.0.0.0/8", "eth0", "192.0.2.1");
        pods = List.of(pod("bridged", "10.1.0.5"), pod("macvlan", "192.0.2.77"), pod("away", "10.7.0.5"));

        assertThat(wanted().unsupported()).containsOnlyKeys("pod default/macvlan");
        assertThat(wanted().unsupported().get("pod default/macvlan")).contains("eth0");
    }

    @Test
    void A7_07_podsAreKnownByOurProgramsOnTheirInterface() {
        assertThat(device("veth1", new LocalTraffic.PodInterface()).pods()).isTrue();
        assertThat(wanted().detectsPods()).isTrue();
    }

    private WantedNetwork wanted() {
        return wanted(new LocalTraffic.PodInterface());
    }

    private WantedNetwork wanted(LocalTraffic mode) {
        return WantedNetwork.of(
                new NetworkSettings(List.of(), List.of(), nodePorts, mode, bind, XdpChoice.OFF),
                network.facts(),
                new NodeObjects(node, pods, Optional.empty()));
    }

    private Set<IpAddress> known() {
        return wanted().addresses().keySet().stream().map(key -> key.address()).collect(Collectors.toSet());
    }

    private Device device(String link, LocalTraffic mode) {
        return Objects.requireNonNull(wanted(mode).interfaces().get(new DeviceKey(network.index(link))));
    }

    private Optional<String> ranges(LocalTraffic mode) {
        return wanted(mode)
                .podRanges()
                .map(ranges -> ranges.stream().map(Object::toString).collect(Collectors.joining(", ")));
    }

    private static Device device(String ipv4, String ipv6, boolean pods) {
        return new Device(IpAddress.of(ipv4), IpAddress.of(ipv6), pods);
    }

    private static Pod pod(String name, String address) {
        return new Pod(new ObjectName("default", name), "", addresses(address), "n1", false, SocketLb.ON);
    }

    private static Node node(String... podCidrs) {
        Node named = Node.of("n1", List.of());
        List<IpPrefix> blocks =
                Stream.of(podCidrs).map(WantedNetworkTest::prefix).toList();
        return new Node(named.name(), List.of(), null, blocks, Set.of(), false);
    }

    private static List<IpAddress> addresses(String... texts) {
        return Stream.of(texts).map(IpAddress::of).toList();
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }
}
