// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.maps.DropReason;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Connections that leave the node with one of its own addresses: their three entries and their ports.
@KernelTest
class MasqueradeKernelTest extends NodeProgramsFixture {

    private static final String CLIENT = "198.51.100.7";
    private static final String BACKEND = "10.1.7.3";

    private static BpfObject eightPorts(BpfObject object) {
        List<PortRange> ranges = List.of(new PortRange(61000, 61003), new PortRange(62004, 62007));
        return object.configure("config_source_ports", PortRange.toBytes(ranges));
    }

    private static TestService nodePort(NodePrograms on, Protocol protocol, int port, String... backends) {
        FrontendKey key = new FrontendKey(IpAddress.of("0.0.0.0"), port, protocol);
        return on.tables.service(key, NODE_PORT, Set.of(), List.of(), List.of(backends));
    }

    private static byte[] syn(int port, int nodePort) {
        return ethernet().ip(CLIENT, PodPrograms.NODE4).tcp(port, nodePort, SYN).toBytes();
    }

    private static byte[] ack(int port, int nodePort) {
        return ethernet().ip(CLIENT, PodPrograms.NODE4).tcp(port, nodePort, ACK).toBytes();
    }

    private static byte[] udp(int port, int nodePort) {
        return ethernet()
                .ip(CLIENT, PodPrograms.NODE4)
                .udp(port, nodePort)
                .payload("question")
                .toBytes();
    }

    /// The port as which a client reaches a backend by NodePort 30080.
    private static int masquerade(NodePrograms on, byte[] packet) {
        return PacketView.of(on.out(on.in(packet, false), false)).sourcePort();
    }

    private static Flow forward(Protocol protocol, int port) {
        return node.pods.flow(protocol, CLIENT + ":" + port, PodPrograms.NODE4 + ":30080");
    }

    private static Flow entry(Flow flow, FlowRole role) {
        return node.tables.get(Tables.FLOWS, flow.key(role)).orElseThrow();
    }

    private static byte[] answer(Protocol protocol, int masquerade) {
        var ip = ethernet().ip(BACKEND, PodPrograms.NODE4);
        return (protocol == Protocol.TCP
                        ? ip.tcp(8080, masquerade, SYN, ACK)
                        : ip.udp(8080, masquerade).payload("answer"))
                .toBytes();
    }

    @Test
    void threeEntriesTellTheSameConnection() {
        nodePort(node, Protocol.TCP, 30080, BACKEND + ":8080");
        int port = masquerade(node, syn(40000, 30080));
        node.out(node.in(answer(Protocol.TCP, port), false), false);

        Flow forward = forward(Protocol.TCP, 40000);
        Flow reply = entry(forward, FlowRole.REPLY);
        Flow masquerade = entry(forward, FlowRole.MASQUERADE);

        assertThat(forward.masquerade()).hasToString(PodPrograms.NODE4 + ":" + port);
        assertThat(forward.has(FlowFlag.MASQUERADED)).isTrue();
        assertThat(reply.sameConnection(forward)).isTrue();
        assertThat(masquerade.sameConnection(forward)).isTrue();
        assertThat(forward.packets()).isEqualTo(1);
        assertThat(reply.packets()).as("replies only").isEqualTo(1);
        assertThat(reply.has(FlowFlag.ANSWERED)).as("by SYN and ACK alone").isFalse();
    }

    @Test
    void A10_16_repliesThatMeetASecondDeviceAreTranslatedOnce() {
        nodePort(node, Protocol.TCP, 30080, BACKEND + ":8080");
        int port = masquerade(node, syn(40000, 30080));
        byte[] answered = node.in(answer(Protocol.TCP, port), false);

        assertThatPacket(node.in(answered, false)).isIdenticalTo(answered);
        byte[] sent = node.out(answered, false);
        assertThatPacket(sent).hasSource(PodPrograms.NODE4, 30080).hasDestination(CLIENT, 40000);
        assertThatPacket(node.out(sent, false)).isIdenticalTo(sent);
    }

    /// What is left of a connection that is over does not masquerade another one with the same ends.
    @Test
    void aClientThatDialsItsBackendItselfAfterwardsIsNotMasqueraded() {
        nodePort(node, Protocol.TCP, 30080, BACKEND + ":8080");
        masquerade(node, numbered(PodPrograms.NODE4, 30080, 0x10000));
        byte[] direct = numbered(BACKEND, 8080, 0x50000);
        assertThatPacket(node.out(direct, false)).as("the first one is open").hasSource(PodPrograms.NODE4);
        node.in(
                ethernet()
                        .ip(CLIENT, PodPrograms.NODE4)
                        .tcp(40000, 30080, RST, ACK)
                        .toBytes(),
                false);

        assertThatPacket(node.out(direct, false)).isIdenticalTo(direct);
        assertThat(node.pods.hasFlow(Protocol.TCP, CLIENT + ":40000", PodPrograms.NODE4 + ":30080"))
                .isFalse();
    }

    private static byte[] numbered(String to, int port, int number) {
        return ethernet()
                .ip(CLIENT, to)
                .tcp(40000, port, tcp -> tcp.flags(SYN).sequence(number))
                .toBytes();
    }

    @Test
    void portsAreProbedUntilTheRangeIsFullForOneBackend() {
        try (NodePrograms narrow = NodePrograms.load(MasqueradeKernelTest::eightPorts)) {
            nodePort(narrow, Protocol.TCP, 30080, BACKEND + ":8080");
            nodePort(narrow, Protocol.TCP, 30081, "10.1.7.4:8080");
            Set<Integer> ports = new HashSet<>();
            for (int client = 40000; client < 40008; client++) {
                ports.add(masquerade(narrow, syn(client, 30080)));
                narrow.in(ack(client, 30080), false);
            }
            assertThat(ports).containsExactlyInAnyOrder(61000, 61001, 61002, 61003, 62004, 62005, 62006, 62007);

            narrow.dropped(syn(41000, 30080));
            assertThat(narrow.tables.drops(DropReason.NO_SOURCE_PORT)).isEqualTo(1);
            assertThat(narrow.pods.hasFlow(Protocol.TCP, CLIENT + ":41000", BACKEND + ":8080"))
                    .as("part of a connection")
                    .isFalse();
            assertThat(ports).contains(masquerade(narrow, syn(41000, 30081)));
            assertThat(probes(narrow, Tables.SOURCE_PORT_PROBES))
                    .as("found none")
                    .isEqualTo(1);
            assertThat(probes(narrow, 0)).as("found one at once").isBetween(2L, 9L);
        }
    }

    private static long probes(NodePrograms on, int taken) {
        return on.tables.sum(Tables.PROBES, taken);
    }

    @Test
    void aPortIsUsedAgainOnceItsConnectionIsOver() {
        try (NodePrograms narrow = NodePrograms.load(MasqueradeKernelTest::eightPorts)) {
            nodePort(narrow, Protocol.TCP, 30080, BACKEND + ":8080");
            int first = 0;
            for (int client = 40000; client < 40008; client++) {
                int port = masquerade(narrow, syn(client, 30080));
                narrow.in(ack(client, 30080), false);
                first = client == 40000 ? port : first;
            }
            narrow.in(
                    ethernet()
                            .ip(CLIENT, PodPrograms.NODE4)
                            .tcp(40000, 30080, RST)
                            .toBytes(),
                    false);

            assertThat(masquerade(narrow, syn(41000, 30080))).isEqualTo(first);
        }
    }

    @Test
    void A13_17_aFullTableLeavesNoPartOfAConnection() {
        try (NodePrograms small = NodePrograms.load(object -> object.maxEntries("flows", 64))) {
            nodePort(small, Protocol.TCP, 30080, BACKEND + ":8080");
            int opened = 0;
            while (small.arrives(syn(20000 + opened, 30080)).verdict() == PodPrograms.PASS) {
                small.in(ack(20000 + opened, 30080), false);
                opened++;
            }

            assertThat(opened).isEqualTo(21);
            assertThat(small.tables.drops(DropReason.FLOW_TABLE_FULL)).isEqualTo(1);
            assertThat(small.tables.count(Tables.FLOWS)).isEqualTo(63);
        }
    }

    @Test
    void anExpiredConnectionIsAsGoodAsAbsentInBothDirections() {
        nodePort(node, Protocol.UDP, 30080, BACKEND + ":8080");
        int port = masquerade(node, udp(40000, 30080));
        Flow forward = forward(Protocol.UDP, 40000);
        for (FlowRole role : FlowRole.values()) {
            node.pods.age(entry(forward, role), 1000);
        }

        byte[] answer = answer(Protocol.UDP, port);
        assertThatPacket(node.in(answer, false)).isIdenticalTo(answer);
        byte[] passing = ethernet().ip(CLIENT, BACKEND).udp(40000, 8080).toBytes();
        assertThatPacket(node.out(passing, false)).isIdenticalTo(passing);
    }

    @Test
    void anyEntryThatIsInUseKeepsTheOthers() {
        nodePort(node, Protocol.UDP, 30080, BACKEND + ":8080");
        int port = masquerade(node, udp(40000, 30080));
        Flow forward = forward(Protocol.UDP, 40000);

        node.pods.age(entry(forward, FlowRole.REPLY), 1000);
        node.pods.age(entry(forward, FlowRole.MASQUERADE), 1000);
        assertThatPacket(node.in(answer(Protocol.UDP, port), false))
                .as("the client still sends")
                .hasDestination(CLIENT, 40000);
        node.pods.age(entry(forward, FlowRole.REPLY), 1000);
        assertThat(masquerade(node, udp(40000, 30080))).isEqualTo(port);

        node.pods.age(forward, 1000);
        assertThatPacket(node.out(node.in(answer(Protocol.UDP, port), false), false))
                .as("the backend still sends")
                .hasSource(PodPrograms.NODE4, 30080);
    }

    @Test
    void A13_03_udpLeavesABackendThatIsGoneWithAllItsEntries() {
        TestService service = nodePort(node, Protocol.UDP, 30080, BACKEND + ":8080");
        masquerade(node, udp(40000, 30080));
        Flow before = forward(Protocol.UDP, 40000);
        node.tables.change(service, "10.1.7.4:8080");

        assertThatPacket(node.in(udp(40000, 30080), false)).hasDestination("10.1.7.4", 8080);
        assertThat(node.tables.get(Tables.FLOWS, before.key(FlowRole.REPLY))).isEmpty();
        assertThat(node.tables.get(Tables.FLOWS, before.key(FlowRole.MASQUERADE)))
                .isEmpty();
        assertThat(node.tables.count(Tables.FLOWS)).isEqualTo(3);
    }

    @Test
    void A13_01_tcpStaysWithABackendThatIsGone() {
        TestService service = nodePort(node, Protocol.TCP, 30080, BACKEND + ":8080");
        int port = masquerade(node, syn(40000, 30080));
        node.tables.change(service);
        node.tables.remove(Tables.FRONTENDS, service.key());

        byte[] data =
                ethernet().ip(CLIENT, PodPrograms.NODE4).tcp(40000, 30080, ACK).toBytes();
        assertThat(masquerade(node, data)).isEqualTo(port);
        assertThatPacket(node.out(node.in(answer(Protocol.TCP, port), false), false))
                .hasSource(PodPrograms.NODE4, 30080)
                .hasDestination(CLIENT, 40000);
    }

    @Test
    void A21_22_oneClientPortToTwoNodePortsOfOneBackend() {
        nodePort(node, Protocol.TCP, 30080, BACKEND + ":8080");
        nodePort(node, Protocol.TCP, 30081, BACKEND + ":8080");
        int first = masquerade(node, syn(40000, 30080));
        int second = masquerade(node, syn(40000, 30081));
        assertThat(first).isNotEqualTo(second);

        assertThatPacket(node.out(node.in(answer(Protocol.TCP, second), false), false))
                .hasSource(PodPrograms.NODE4, 30081)
                .hasDestination(CLIENT, 40000)
                .checksumsAreRight();
        assertThatPacket(node.out(node.in(answer(Protocol.TCP, first), false), false))
                .hasSource(PodPrograms.NODE4, 30080)
                .hasDestination(CLIENT, 40000)
                .checksumsAreRight();
    }

    @Test
    void otherTrafficToPortsOfTheRangeIsNotTouched() {
        nodePort(node, Protocol.TCP, 30080, BACKEND + ":8080");
        int port = masquerade(node, syn(40000, 30080));
        for (byte[] other : List.of(
                ethernet()
                        .ip("10.1.7.4", PodPrograms.NODE4)
                        .tcp(8080, port, ACK)
                        .toBytes(),
                ethernet().ip(BACKEND, PodPrograms.NODE4).tcp(8081, port, ACK).toBytes(),
                ethernet().ip(BACKEND, PodPrograms.NODE4).tcp(8080, port, SYN).toBytes(),
                ethernet().ip(BACKEND, PodPrograms.NODE4).udp(8080, port).toBytes())) {
            assertThatPacket(node.in(other, false)).isIdenticalTo(other);
        }
    }

    @Test
    void withoutAnAddressOfTheNodeNothingIsMasqueraded() {
        try (NodePrograms homeless = NodePrograms.loadWithoutAddress()) {
            nodePort(homeless, Protocol.TCP, 30080, BACKEND + ":8080");

            homeless.dropped(syn(40000, 30080));

            assertThat(homeless.tables.drops(DropReason.NO_SOURCE_PORT)).isEqualTo(1);
            assertThat(homeless.tables.count(Tables.FLOWS)).isZero();
        }
    }
}
