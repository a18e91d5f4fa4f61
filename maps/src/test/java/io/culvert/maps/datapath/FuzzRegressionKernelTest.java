// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.TcpFlag;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Mistakes that the fuzz against the model found, one test each.
@KernelTest
class FuzzRegressionKernelTest extends NodeProgramsFixture {

    private static final String CLIENT = "198.51.100.7";
    private static final String BACKEND = "10.1.7.3";

    /// A Service at a port of `config_source_ports`, where the flow table is looked at although there is no frontend.
    @Test
    void whatAsksForAServiceThatIsGoneDoesNotGoOnWithItsConnection() {
        for (Protocol protocol : new Protocol[] {Protocol.TCP, Protocol.UDP}) {
            TestService service = node.tables.service(protocol, "10.96.0.10", 61001, "10.1.0.3:8080");
            var ip = ethernet().ip("10.1.0.2", "10.96.0.10");
            byte[] asking = protocol == Protocol.TCP
                    ? ip.tcp(40000, 61001, SYN).toBytes()
                    : ip.udp(40000, 61001).toBytes();
            assertThatPacket(node.in(asking, true)).hasDestination("10.1.0.3", 8080);
            node.tables.remove(Tables.FRONTENDS, service.key());

            assertThatPacket(node.in(asking, true)).isIdenticalTo(asking);
        }
    }

    @Test
    void laterFragmentsOfAMasqueradedClientKeepItsEntryAlive() {
        FrontendKey key = new FrontendKey(IpAddress.of("0.0.0.0"), 30080, Protocol.UDP);
        node.tables.service(key, FrontendType.NODE_PORT, Set.of(), List.of("10.1.0.3:8080"), List.of());
        List<byte[]> entered =
                ethernet()
                        .ip("198.51.100.7", PodPrograms.NODE4)
                        .udp(40000, 30080)
                        .payload(new byte[40])
                        .fragments(24)
                        .stream()
                        .map(fragment -> node.in(fragment, false))
                        .toList();
        byte[] _ = node.out(entered.getFirst(), true);
        node.pods.age(node.pods.flow(Protocol.UDP, "198.51.100.7:40000", "10.1.0.3:8080"), 40);

        assertThat(node.out(entered.getLast(), true)).isNotEqualTo(entered.getLast());
        long last = node.pods
                .flow(Protocol.UDP, "198.51.100.7:40000", "10.1.0.3:8080")
                .lastSeen();
        assertThat(System.nanoTime() - last).isLessThan(30_000_000_000L);
    }

    /// The entry for packets that leave was silent for longer than a closed connection is remembered.
    @Test
    void whatEndsASilentMasqueradedConnectionReachesTheClient() {
        FrontendKey key = new FrontendKey(IpAddress.of("0.0.0.0"), 30080, Protocol.TCP);
        for (TcpFlag end : new TcpFlag[] {TcpFlag.RST, TcpFlag.FIN}) {
            node.tables.clear();
            node.tables.service(key, FrontendType.NODE_PORT, Set.of(), List.of(), List.of(BACKEND + ":8080"));
            toNodePort(SYN);
            Flow flow = node.pods.flow(Protocol.TCP, CLIENT + ":40000", PodPrograms.NODE4 + ":30080");
            fromBackend(flow, SYN, TcpFlag.ACK);
            toNodePort(TcpFlag.ACK);
            toNodePort(TcpFlag.FIN, TcpFlag.ACK);
            for (FlowRole role : FlowRole.values()) {
                node.pods.age(node.tables.get(Tables.FLOWS, flow.key(role)).orElseThrow(), 20);
            }

            assertThatPacket(fromBackend(flow, end, TcpFlag.ACK))
                    .hasSource(PodPrograms.NODE4, 30080)
                    .hasDestination(CLIENT, 40000);
        }
    }

    private static void toNodePort(TcpFlag... flags) {
        node.out(
                node.in(
                        ethernet()
                                .ip(CLIENT, PodPrograms.NODE4)
                                .tcp(40000, 30080, flags)
                                .toBytes(),
                        false),
                false);
    }

    private static byte[] fromBackend(Flow flow, TcpFlag... flags) {
        byte[] reply = ethernet()
                .ip(BACKEND, PodPrograms.NODE4)
                .tcp(8080, flow.masquerade().port(), flags)
                .toBytes();
        return node.out(node.in(reply, false), false);
    }

    /// All ports of the backend are taken, and the only connection that may be cut for one is this client's own,
    /// through another Service, of which just this entry is in use. Nothing is left of it: the rest would look as
    /// if another processor were opening it, for a second.
    @Test
    void aConnectionThatCutsAnotherOfItsClientKeepsItsSource() {
        try (NodePrograms narrow = NodePrograms.load(FuzzRegressionKernelTest::twoPorts)) {
            Flow cut = halfIdle(narrow);

            assertThatPacket(narrow.in(udp(40000, 30081), false)).hasDestination(BACKEND, 8080);

            assertThat(narrow.pods.hasFlow(Protocol.UDP, CLIENT + ":40000", PodPrograms.NODE4 + ":30080"))
                    .isFalse();
            Flow other = narrow.pods.flow(Protocol.UDP, CLIENT + ":40000", PodPrograms.NODE4 + ":30081");
            assertThat(other.has(FlowFlag.OTHER_SOURCE)).isFalse();
            assertThat(other.masquerade()).isEqualTo(cut.masquerade());
        }
    }

    /// The client's own port is one of the source ports, and the only one that may be had: it is taken from another of
    /// its connections, and all entries say that it was.
    @Test
    void whoGetsItsOwnPortFromAnotherConnectionSaysSoEverywhere() {
        try (NodePrograms narrow = NodePrograms.load(FuzzRegressionKernelTest::twoPorts)) {
            String end = BACKEND + ":8080";
            FrontendKey local = new FrontendKey(IpAddress.of("0.0.0.0"), 30080, Protocol.UDP);
            FrontendKey masqueraded = new FrontendKey(IpAddress.of("0.0.0.0"), 30081, Protocol.UDP);
            narrow.tables.service(
                    local, FrontendType.NODE_PORT, Set.of(FrontendFlag.LOCAL_SET), List.of(end), List.of());
            narrow.tables.service(masqueraded, FrontendType.NODE_PORT, Set.of(), List.of(), List.of(end));
            narrow.in(udp(61000, 30080), false);
            narrow.in(udp(61001, 30080), false);
            narrow.out(ethernet().ip(BACKEND, CLIENT).udp(8080, 61001).toBytes(), false);

            narrow.in(udp(61000, 30081), false);

            Flow flow = narrow.pods.flow(Protocol.UDP, CLIENT + ":61000", PodPrograms.NODE4 + ":30081");
            assertThat(flow.source().port()).isEqualTo(61000);
            for (FlowRole role : FlowRole.values()) {
                assertThat(narrow.tables.get(Tables.FLOWS, flow.key(role)).orElseThrow())
                        .as(role.toString())
                        .matches(entry -> entry.has(FlowFlag.OTHER_SOURCE));
            }
        }
    }

    private static BpfObject twoPorts(BpfObject object) {
        PortRange ports = new PortRange(61000, 61001);
        return object.configure("config_source_ports", PortRange.toBytes(List.of(ports, ports)));
    }

    private static byte[] udp(int port, int nodePort) {
        return ethernet().ip(CLIENT, PodPrograms.NODE4).udp(port, nodePort).toBytes();
    }

    /// Two NodePorts of one backend. One port is that of a connection with an answer; the other one's forward and reply
    /// entries are idle, and what the backend sees is not.
    private static Flow halfIdle(NodePrograms on) {
        for (int nodePort : new int[] {30080, 30081}) {
            FrontendKey key = new FrontendKey(IpAddress.of("0.0.0.0"), nodePort, Protocol.UDP);
            on.tables.service(key, FrontendType.NODE_PORT, Set.of(), List.of(), List.of(BACKEND + ":8080"));
        }
        on.in(udp(40001, 30080), false);
        Flow answered = on.pods.flow(Protocol.UDP, CLIENT + ":40001", PodPrograms.NODE4 + ":30080");
        on.out(
                on.in(
                        ethernet()
                                .ip(BACKEND, PodPrograms.NODE4)
                                .udp(8080, answered.masquerade().port())
                                .toBytes(),
                        false),
                false);
        on.in(udp(40000, 30080), false);
        Flow flow = on.pods.flow(Protocol.UDP, CLIENT + ":40000", PodPrograms.NODE4 + ":30080");
        for (FlowRole role : List.of(FlowRole.FORWARD, FlowRole.REPLY)) {
            on.pods.age(on.tables.get(Tables.FLOWS, flow.key(role)).orElseThrow(), 1000);
        }
        return flow;
    }
}
