// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendFlag.LOCAL_SET;
import static io.culvert.maps.FrontendFlag.SOURCE_RANGES;
import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.EXTERNAL_IP;
import static io.culvert.maps.FrontendType.LOAD_BALANCER;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.DropReason;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.SourceRangeKey;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who is refused, dropped, or left alone at the addresses of Services, seen from outside and from pods.
@KernelTest
class NodeVerdictKernelTest {

    private static final List<String> NONE = List.of();
    private static final List<FrontendType> OUTSIDE = List.of(NODE_PORT, LOAD_BALANCER, EXTERNAL_IP);

    private static NodePrograms node;

    @BeforeAll
    static void load() {
        node = NodePrograms.load();
    }

    @BeforeEach
    void clear() {
        node.tables.clear();
        node.setRanges(
                NodePrograms.pods("10.1.0.0/16"),
                NodePrograms.pods("fd00:1::/32"),
                range("10.96.0.0/16", AddressRange.Meaning.CLUSTER_IPS),
                range("fd00:96::/108", AddressRange.Meaning.CLUSTER_IPS, AddressRange.Meaning.DROP_UNALLOCATED),
                range("10.97.0.0/16", AddressRange.Meaning.CLUSTER_IPS, AddressRange.Meaning.DROP_UNALLOCATED));
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static AddressRange range(String prefix, AddressRange.Meaning... meanings) {
        return AddressRange.of(IpPrefix.parse(prefix).orElseThrow(), Set.of(meanings));
    }

    /// One for both families and every protocol.
    private static void everywhere(
            FrontendType type, Set<FrontendFlag> flags, List<String> local, List<String> remote) {
        for (boolean v4 : new boolean[] {true, false}) {
            for (Protocol protocol : Protocol.values()) {
                String address = type == NODE_PORT ? (v4 ? "0.0.0.0" : "::") : address(type, v4);
                FrontendKey key = new FrontendKey(IpAddress.of(address), port(type), protocol);
                node.tables.service(key, type, flags, v4 ? local : NONE, v4 ? remote : NONE);
            }
        }
    }

    private static String address(FrontendType type, boolean v4) {
        return switch (type) {
            case CLUSTER_IP -> v4 ? "10.96.0.10" : "fd00:96::10";
            case NODE_PORT -> v4 ? PodPrograms.NODE4 : PodPrograms.NODE6;
            case LOAD_BALANCER -> v4 ? "203.0.113.10" : "2001:db8:203::10";
            case EXTERNAL_IP -> v4 ? "203.0.113.99" : "2001:db8:203::99";
        };
    }

    private static int port(FrontendType type) {
        return type == NODE_PORT ? 30080 : 80;
    }

    private static String outside(boolean v4) {
        return v4 ? "198.51.100.7" : "2001:db8:7::7";
    }

    private static byte[] first(Protocol protocol, String from, String to, int port) {
        PacketBuilder ip = ethernet().ip(from, to);
        return switch (protocol) {
            case TCP -> ip.tcp(40000, port, SYN).toBytes();
            case UDP -> ip.udp(40000, port).payload("question").toBytes();
            case SCTP -> ip.sctp(40000, port).toBytes();
        };
    }

    private static void assertRefused(Protocol protocol, byte[] packet, byte[] answer, String from, String to) {
        if (protocol == Protocol.TCP) {
            assertThatPacket(answer).hasFlags(RST, ACK).hasAcknowledgement(1001);
        } else {
            boolean v4 = !to.contains(":");
            assertThatPacket(answer).isIcmp(v4 ? 3 : 1, v4 ? 3 : 4).embedded().hasDestination(to);
        }
        assertThatPacket(answer).hasSource(to).hasDestination(from).checksumsAreRight();
        assertThat(packet).isNotEqualTo(answer);
    }

    @Test
    void A5_02_withoutEndpointsEveryAddressRefusesClientsOutside() {
        for (FrontendType type : OUTSIDE) {
            for (Set<FrontendFlag> flags : List.of(Set.<FrontendFlag>of(), Set.of(LOCAL_SET))) {
                node.tables.clear();
                everywhere(type, flags, NONE, NONE);
                for (boolean v4 : new boolean[] {true, false}) {
                    for (Protocol protocol : Protocol.values()) {
                        String to = address(type, v4);
                        byte[] packet = first(protocol, outside(v4), to, port(type));
                        assertRefused(protocol, packet, node.turned(packet), outside(v4), to);
                    }
                }
                assertThat(node.tables.drops(DropReason.NO_BACKEND)).as("A5_07").isEqualTo(6);
            }
        }
    }

    @Test
    void A5_05_A10_19_A20_04_externalPolicyLocalWithoutEndpointsHereIsSilent() {
        for (FrontendType type : OUTSIDE) {
            node.tables.clear();
            everywhere(type, Set.of(LOCAL_SET), NONE, List.of("10.1.7.3:8080"));
            for (Protocol protocol : Protocol.values()) {
                node.dropped(first(protocol, outside(true), address(type, true), port(type)));
            }
            assertThat(node.tables.drops(DropReason.NO_LOCAL_BACKEND)).isEqualTo(3);
        }
    }

    @Test
    void A5_09_otherPortsAndProtocolsOfAClusterIpAreRefused() {
        for (boolean v4 : new boolean[] {true, false}) {
            String to = v4 ? "10.96.0.10" : "fd00:96::10";
            String pod = v4 ? "10.1.0.2" : "fd00:1::2";
            node.tables.service(
                    new FrontendKey(IpAddress.of(to), 80, Protocol.TCP),
                    CLUSTER_IP,
                    Set.of(),
                    List.of(v4 ? "10.1.0.3:8080" : "[fd00:1::3]:8080"),
                    NONE);
            node.tables.put(Tables.CLUSTER_ADDRESSES, new AddressKey(IpAddress.of(to)), AddressKey.REFUSE);
            for (Protocol protocol : Protocol.values()) {
                byte[] fromPod = first(protocol, pod, to, protocol == Protocol.TCP ? 81 : 80);
                assertRefused(protocol, fromPod, node.pods.turned(fromPod), pod, to);
                byte[] fromOutside = first(protocol, outside(v4), to, 65000);
                assertRefused(protocol, fromOutside, node.turned(fromOutside), outside(v4), to);
            }
            assertThatPacket(node.in(first(Protocol.TCP, pod, to, 80), true)).hasDestinationPort(8080);
            byte[] established = ethernet().ip(pod, to).tcp(40000, 81, ACK).toBytes();
            assertThatPacket(node.in(established, true))
                    .as("not a new connection")
                    .isIdenticalTo(established);
            node.tables.remove(Tables.CLUSTER_ADDRESSES, new AddressKey(IpAddress.of(to)));
        }
    }

    @Test
    void A5_10_A5_11_A20_06_unallocatedAddressesOfAServiceCidrAreDropped() {
        for (Protocol protocol : Protocol.values()) {
            for (String to : List.of("10.97.3.4", "fd00:96::99")) {
                boolean v4 = !to.contains(":");
                byte[] packet = first(protocol, v4 ? "10.1.0.2" : "fd00:1::2", to, 80);
                node.pods.dropped(packet);
                node.dropped(packet);
                assertThat(node.sends(packet).verdict()).as("of this node").isEqualTo(PodPrograms.DROP);
            }
            byte[] elsewhere = first(protocol, "10.1.0.2", "10.96.3.4", 80);
            assertThatPacket(node.in(elsewhere, true))
                    .as("a range that is no ServiceCIDR")
                    .isIdenticalTo(elsewhere);
        }
        assertThat(node.tables.drops(DropReason.UNALLOCATED)).isEqualTo(18);

        node.setRanges();
        byte[] packet = first(Protocol.TCP, "10.1.0.2", "10.97.3.4", 80);
        assertThatPacket(node.in(packet, true)).isIdenticalTo(packet);
    }

    @Test
    void A5_12_A5_13_A10_07_unknownPortsAndOtherAddressesOfTheNodeAreLeftAlone() {
        for (FrontendType type : OUTSIDE) {
            everywhere(type, Set.of(), NONE, NONE);
        }
        node.tables.put(Tables.NODE_ADDRESSES, new AddressKey(IpAddress.of("192.0.2.9")), 0);
        for (Protocol protocol : Protocol.values()) {
            assertUntouched(first(protocol, outside(true), "203.0.113.10", 81));
            assertUntouched(first(protocol, outside(true), "203.0.113.99", 30080));
            assertUntouched(first(protocol, outside(true), PodPrograms.NODE4, 30081));
            assertUntouched(first(protocol, outside(false), PodPrograms.NODE6, 29999));
            assertUntouched(first(protocol, outside(true), "192.0.2.9", 30080));
            assertUntouched(first(protocol, outside(true), "192.0.2.2", 30080));
            assertUntouched(first(protocol, outside(true), "0.0.0.0", 30080));
        }
    }

    private static void assertUntouched(byte[] packet) {
        assertThatPacket(node.in(packet, false)).isIdenticalTo(packet);
    }

    @Test
    void A10_13_aNodePortThatIsRemovedIsSilentAndAnotherWorks() {
        TestService service = node.tables.service(
                new FrontendKey(IpAddress.of("0.0.0.0"), 30080, Protocol.TCP),
                NODE_PORT,
                Set.of(),
                List.of("10.1.0.3:8080"),
                NONE);
        node.tables.alsoAt(service, NODE_PORT, "0.0.0.0", 30081);
        node.tables.remove(Tables.FRONTENDS, service.key());

        assertUntouched(first(Protocol.TCP, outside(true), PodPrograms.NODE4, 30080));
        assertThatPacket(node.in(first(Protocol.TCP, outside(true), PodPrograms.NODE4, 30081), false))
                .hasDestination("10.1.0.3", 8080);
    }

    private static SourceRangeKey admitted(TestService service, String prefix) {
        return SourceRangeKey.of(service.index(), IpPrefix.parse(prefix).orElseThrow());
    }

    @Test
    void A9_01_A9_02_A9_06_A9_09_A9_22_sourceRangesAdmitOrDropInSilence() {
        TestService service = node.tables.service(
                new FrontendKey(IpAddress.of("203.0.113.10"), 80, Protocol.TCP),
                LOAD_BALANCER,
                Set.of(SOURCE_RANGES),
                List.of("10.1.0.3:8080"),
                NONE);
        node.dropped(first(Protocol.TCP, "198.51.100.7", "203.0.113.10", 80));
        node.pods.dropped(first(Protocol.TCP, "10.1.0.2", "203.0.113.10", 80));
        assertThat(node.tables.drops(DropReason.SOURCE_RANGE)).isEqualTo(2);

        node.tables.put(Tables.SOURCE_RANGES, admitted(service, "128.0.0.0/1"), 1);
        assertThatPacket(node.in(first(Protocol.TCP, "198.51.100.7", "203.0.113.10", 80), false))
                .hasDestination("10.1.0.3", 8080);
        node.pods.dropped(first(Protocol.TCP, "10.1.0.2", "203.0.113.10", 80));

        node.tables.put(Tables.SOURCE_RANGES, admitted(service, "10.1.0.2/32"), 1);
        assertThatPacket(node.in(first(Protocol.TCP, "10.1.0.2", "203.0.113.10", 80), true))
                .hasDestination("10.1.0.3", 8080);
        node.pods.dropped(first(Protocol.TCP, "10.1.0.4", "203.0.113.10", 80));
    }

    @Test
    void A9_03_A9_04_A9_05_otherAddressesOfTheServiceAreNotFiltered() {
        TestService service = node.tables.service(
                new FrontendKey(IpAddress.of("203.0.113.10"), 80, Protocol.TCP),
                LOAD_BALANCER,
                Set.of(SOURCE_RANGES),
                List.of("10.1.0.3:8080"),
                NONE);
        node.tables.alsoAt(service, NODE_PORT, "0.0.0.0", 30080);
        node.tables.alsoAt(service, EXTERNAL_IP, "203.0.113.99", 80);
        node.tables.alsoAt(service, CLUSTER_IP, "10.96.0.10", 80);

        for (String to : List.of(PodPrograms.NODE4 + ":30080", "203.0.113.99:80", "10.96.0.10:80")) {
            String address = to.substring(0, to.indexOf(':'));
            int port = Integer.parseInt(to.substring(to.indexOf(':') + 1));
            assertThatPacket(node.in(first(Protocol.TCP, "198.51.100.7", address, port), false))
                    .hasDestination("10.1.0.3", 8080);
        }
    }

    @Test
    void A9_10_openConnectionsOutliveTheirRange() {
        TestService service = node.tables.service(
                new FrontendKey(IpAddress.of("203.0.113.10"), 80, Protocol.TCP),
                LOAD_BALANCER,
                Set.of(SOURCE_RANGES),
                List.of("10.1.0.3:8080"),
                NONE);
        node.tables.put(Tables.SOURCE_RANGES, admitted(service, "198.51.100.0/24"), 1);
        node.in(first(Protocol.TCP, "198.51.100.7", "203.0.113.10", 80), false);
        node.tables.remove(Tables.SOURCE_RANGES, admitted(service, "198.51.100.0/24"));

        assertThatPacket(node.in(
                        ethernet()
                                .ip("198.51.100.7", "203.0.113.10")
                                .tcp(40000, 80, ACK)
                                .toBytes(),
                        false))
                .hasDestination("10.1.0.3", 8080);
        node.dropped(ethernet()
                .ip("198.51.100.7", "203.0.113.10")
                .tcp(40001, 80, SYN)
                .toBytes());
    }

    @Test
    void A9_15_withoutEndpointsClientsOutOfRangeAreDroppedAndOthersRefused() {
        TestService service = node.tables.service(
                new FrontendKey(IpAddress.of("203.0.113.10"), 80, Protocol.TCP),
                LOAD_BALANCER,
                Set.of(SOURCE_RANGES),
                NONE,
                NONE);
        node.tables.put(Tables.SOURCE_RANGES, admitted(service, "198.51.100.0/24"), 1);

        node.turned(first(Protocol.TCP, "198.51.100.7", "203.0.113.10", 80));
        node.dropped(first(Protocol.TCP, "198.51.101.7", "203.0.113.10", 80));
    }

    @Test
    void A20_05_broadcastsAreNotAnsweredAndFramesForOthersNotLookedAt() {
        everywhere(LOAD_BALANCER, Set.of(), NONE, NONE);
        byte[] packet = first(Protocol.TCP, outside(true), "203.0.113.10", 80);
        assertThat(node.arrivesForOthers(packet).verdict()).isEqualTo(PodPrograms.PASS);

        Arrays.fill(packet, 0, 6, (byte) 0xff);
        assertThat(node.arrivesForOthers(packet).verdict()).isEqualTo(PodPrograms.DROP);
        assertThat(node.tables.drops(DropReason.INVALID_PACKET)).isEqualTo(1);
    }
}
