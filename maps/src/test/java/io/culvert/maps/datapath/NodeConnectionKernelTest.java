// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

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

import io.culvert.maps.DropReason;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Connections out of the ordinary: of a pod to itself by any address, to backends that are removed, of the node.
@KernelTest
class NodeConnectionKernelTest extends NodeProgramsFixture {

    private static TestService service(FrontendType type, String address, int port, String... backends) {
        FrontendKey key = new FrontendKey(IpAddress.of(address), port, Protocol.TCP);
        return node.tables.service(key, type, Set.of(), List.of(backends), List.of());
    }

    private static byte[] tcp(String from, int port, String to, int toPort, TcpFlag... flags) {
        return ethernet().ip(from, to).tcp(port, toPort, flags).toBytes();
    }

    @Test
    void A6_34_aPodReachesItselfByEveryAddressOfItsService() {
        for (boolean v4 : new boolean[] {true, false}) {
            String self = v4 ? "10.1.0.2" : "fd00:1::2";
            String nodeAddress = v4 ? PodPrograms.NODE4 : PodPrograms.NODE6;
            String backend = v4 ? self + ":8080" : "[" + self + "]:8080";
            TestService service = service(CLUSTER_IP, v4 ? "10.96.0.10" : "fd00:96::10", 80, backend);
            String vip = v4 ? "203.0.113.10" : "2001:db8:203::10";
            String external = v4 ? "203.0.113.99" : "2001:db8:203::99";
            node.tables.alsoAt(service, NODE_PORT, v4 ? "0.0.0.0" : "::", 30080);
            node.tables.alsoAt(service, LOAD_BALANCER, vip, 80, FrontendFlag.LOCAL_SET);
            node.tables.alsoAt(service, EXTERNAL_IP, external, 80);
            assertHairpin(self, nodeAddress, 30080, nodeAddress);
            assertHairpin(self, vip, 80, nodeAddress);
            assertHairpin(self, external, 80, nodeAddress);
        }
    }

    private static void assertHairpin(String self, String service, int port, String nodeAddress) {
        byte[] there = node.pods.turned(tcp(self, 40000, service, port, SYN));
        assertThatPacket(there)
                .hasSource(nodeAddress)
                .hasSourcePortBetween(61000, 65535)
                .hasDestination(self, 8080)
                .checksumsAreRight();
        byte[] back = node.pods.turned(
                tcp(self, 8080, nodeAddress, PacketView.of(there).sourcePort(), SYN, ACK));
        assertThatPacket(back).isIdenticalTo(reversed(tcp(service, port, self, 40000, SYN, ACK)));
    }

    /// With its MAC addresses exchanged.
    private static byte[] reversed(byte[] packet) {
        byte[] turned = packet.clone();
        System.arraycopy(packet, 0, turned, 6, 6);
        System.arraycopy(packet, 6, turned, 0, 6);
        return turned;
    }

    @Test
    void H_13_openConnectionsToARemovedBackendAreResetWhereTheServiceSaysSo() {
        TestService kept = service(NODE_PORT, "0.0.0.0", 30080, "10.1.0.3:8080");
        TestService reset = service(NODE_PORT, "0.0.0.0", 30081, "10.1.0.3:8081");
        node.tables.resetRemoved(reset);
        for (int port : new int[] {30080, 30081}) {
            node.in(tcp("198.51.100.7", 40000, PodPrograms.NODE4, port, SYN), false);
            node.in(tcp("198.51.100.7", 40000, PodPrograms.NODE4, port, ACK), false);
        }
        node.tables.change(kept);
        node.tables.change(reset);

        assertThatPacket(node.in(tcp("198.51.100.7", 40000, PodPrograms.NODE4, 30080, ACK), false))
                .hasDestination("10.1.0.3", 8080);
        byte[] data = ethernet()
                .ip("198.51.100.7", PodPrograms.NODE4)
                .tcp(40000, 30081, tcp -> tcp.flags(ACK).sequence(77).acknowledgement(4711))
                .payload("more")
                .toBytes();
        assertThatPacket(node.turned(data))
                .hasSource(PodPrograms.NODE4, 30081)
                .hasDestination("198.51.100.7", 40000)
                .hasFlags(RST)
                .hasSequence(4711)
                .checksumsAreRight();
        assertThat(node.tables.drops(DropReason.BACKEND_REMOVED)).isEqualTo(1);
        assertThatPacket(node.in(tcp("198.51.100.7", 40000, PodPrograms.NODE4, 30081, RST), false))
                .as("a reset needs no answer")
                .hasDestination("10.1.0.3", 8081);
    }

    @Test
    void A21_03_whatTheNodeSendsPastItsSocketsIsRefusedAtItself() {
        service(CLUSTER_IP, "10.96.0.10", 80);
        byte[] syn = tcp(PodPrograms.NODE4, 40000, "10.96.0.10", 80, SYN);

        var run = node.sends(syn);

        assertThat(run.verdict()).isEqualTo(PodPrograms.TURNED);
        assertThatPacket(run.packet())
                .hasSource("10.96.0.10", 80)
                .hasDestination(PodPrograms.NODE4, 40000)
                .hasDestinationMac("02:00:00:00:00:01")
                .hasFlags(RST, ACK)
                .checksumsAreRight();
    }

    @Test
    void A6_40_whatIsForwardedPastServicesIsNotLookedUpWhereItLeaves() {
        service(CLUSTER_IP, "10.96.0.10", 80, "10.1.0.3:8080");
        byte[] forwarded = tcp("198.51.100.7", 40000, "10.96.0.10", 80, SYN);

        assertThatPacket(node.out(forwarded, false)).isIdenticalTo(forwarded);
        byte[] direct = tcp("10.1.0.2", 40000, "10.1.0.3", 8080, SYN);
        assertThatPacket(node.out(node.in(direct, true), true)).isIdenticalTo(direct);
    }
}
