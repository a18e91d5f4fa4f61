// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.FIN;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.maps.DropReason;
import io.culvert.maps.Flow;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.OpenedRing;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who gives way when there is no room for a connection: those that are not established, the oldest first.
@KernelTest
class EvictionKernelTest {

    private static final int ENTRIES = 512;
    private static final int ESTABLISHED = 100;
    private static final String BACKEND = "10.1.7.3:8080";

    /// The ends of one family. Ports are given with each packet.
    private record Ends(String client, String service, String backend) {

        byte[] tcp(int port, TcpFlag... flags) {
            return ethernet().ip(client, service).tcp(port, 80, flags).toBytes();
        }

        byte[] tcpReply(int port, TcpFlag... flags) {
            return ethernet().ip(backend, client).tcp(8080, port, flags).toBytes();
        }

        byte[] udp(int port) {
            return ethernet().ip(client, service).udp(port, 80).payload("x").toBytes();
        }

        byte[] udpReply(int port) {
            return ethernet().ip(backend, client).udp(8080, port).payload("x").toBytes();
        }

        String at() {
            return (backend.contains(":") ? "[" + backend + "]" : backend) + ":8080";
        }
    }

    private static BpfObject small(BpfObject object) {
        return object.maxEntries("flows", ENTRIES)
                .maxEntries("opened", ENTRIES / 2)
                .configure("config_opened_entries", ENTRIES / 2);
    }

    private static OpenedRing ring(PodPrograms pod) {
        return pod.tables.get(Tables.OPENED_RING, 0).orElseThrow();
    }

    private static void open(PodPrograms pod, Ends ends, int port) {
        pod.sent(ends.tcp(port, SYN));
        pod.received(ends.tcpReply(port, SYN, ACK));
        pod.sent(ends.tcp(port, ACK));
    }

    private static void goesOn(PodPrograms pod, Ends ends, int port) {
        assertThatPacket(pod.sent(ends.tcp(port, ACK))).as("port " + port).hasDestination(ends.backend, 8080);
        assertThatPacket(pod.received(ends.tcpReply(port, ACK))).hasSource(ends.service, 80);
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.2, 10.96.0.10, 10.1.7.3", "fd00:1::2, fd96::10, fd00:1::7:3"})
    void A13_17_aFloodOfSynsEvictsItselfAndNoEstablishedConnection(String client, String service, String backend) {
        Ends ends = new Ends(client, service, backend);
        try (PodPrograms pod = PodPrograms.load(EvictionKernelTest::small)) {
            pod.tables.service(TCP, service, 80, ends.at());
            for (int port = 1; port <= ESTABLISHED; port++) {
                open(pod, ends, port);
            }
            int real = 60_000;
            for (int i = 0; i < 50 * ENTRIES; i++) {
                int port = 1000 + i;
                pod.sent(ends.tcp(port, SYN));
                if (i % 2 == 0) {
                    pod.egress(ends.tcpReply(port, SYN, ACK));
                }
                if (i % 500 == 0) {
                    open(pod, ends, real);
                    goesOn(pod, ends, real++);
                }
            }

            for (int port = 1; port <= ESTABLISHED; port++) {
                goesOn(pod, ends, port);
            }
            for (int port = 60_000; port < real; port++) {
                goesOn(pod, ends, port);
            }
            assertThat(pod.tables.drops(DropReason.FLOW_TABLE_FULL)).isZero();
            assertThat(ring(pod).evicted())
                    .as("all but what still is in the table")
                    .isBetween(50L * ENTRIES - ENTRIES / 2, 50L * ENTRIES);
            assertThat(pod.tables.count(Tables.FLOWS)).isGreaterThan(ENTRIES - 8);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.2, 10.96.0.10, 10.1.7.3", "fd00:1::2, fd96::10, fd00:1::7:3"})
    void A13_17_datagramsThatNobodyAnswersGiveWayAndAnsweredOnesStay(String client, String service, String backend) {
        Ends ends = new Ends(client, service, backend);
        try (PodPrograms pod = PodPrograms.load(EvictionKernelTest::small)) {
            pod.tables.service(UDP, service, 80, ends.at());
            for (int port = 1; port <= ESTABLISHED; port++) {
                pod.sent(ends.udp(port));
                pod.received(ends.udpReply(port));
            }
            for (int i = 0; i < 10 * ENTRIES; i++) {
                pod.sent(ends.udp(1000 + i));
            }

            for (int port = 1; port <= ESTABLISHED; port++) {
                assertThatPacket(pod.received(ends.udpReply(port)))
                        .as("port " + port)
                        .hasSource(service, 80);
            }
            assertThat(pod.tables.drops(DropReason.FLOW_TABLE_FULL)).isZero();
        }
    }

    @Test
    void A13_17_theOldestGivesWayFirst() {
        Ends ends = new Ends("10.1.0.2", "10.96.0.10", "10.1.7.3");
        try (PodPrograms pod = PodPrograms.load(EvictionKernelTest::small)) {
            pod.tables.service(TCP, ends.service, 80, ends.at());
            for (int port = 1; port <= ENTRIES / 2 + 1; port++) {
                pod.sent(ends.tcp(port, SYN));
            }

            assertThat(ring(pod)).isEqualTo(new OpenedRing(ENTRIES / 2 + 1, 2, 2));
            for (int port = 1; port <= ENTRIES / 2 + 1; port++) {
                assertThat(pod.hasFlow(TCP, "10.1.0.2:" + port, "10.96.0.10:80"))
                        .as("port " + port)
                        .isEqualTo(port > 2);
                assertThat(pod.hasFlow(TCP, "10.1.0.2:" + port, ends.at()))
                        .as("port " + port)
                        .isEqualTo(port > 2);
            }
        }
    }

    @Test
    void A13_17_connectionsThatAreOverGiveWay() {
        Ends ends = new Ends("10.1.0.2", "10.96.0.10", "10.1.7.3");
        try (PodPrograms pod = PodPrograms.load(EvictionKernelTest::small)) {
            pod.tables.service(TCP, ends.service, 80, ends.at());
            for (int port = 1; port <= 4 * ENTRIES; port++) {
                open(pod, ends, port);
                if (port % 2 == 0) {
                    pod.sent(ends.tcp(port, RST, ACK));
                } else {
                    pod.sent(ends.tcp(port, FIN, ACK));
                    pod.received(ends.tcpReply(port, FIN, ACK));
                }
            }

            assertThat(pod.tables.drops(DropReason.FLOW_TABLE_FULL)).isZero();
        }
    }

    @Test
    void aHandshakeThatTheClientDoesNotFinishIsForgottenSoon() {
        Ends ends = new Ends("10.1.0.2", "10.96.0.10", "10.1.7.3");
        try (PodPrograms pod = PodPrograms.load()) {
            pod.tables.service(TCP, ends.service, 80, ends.at());
            pod.sent(ends.tcp(40000, SYN));
            pod.received(ends.tcpReply(40000, SYN, ACK));
            Flow forward = pod.flow(TCP, "10.1.0.2:40000", "10.96.0.10:80");
            pod.age(pod.flow(TCP, "10.1.0.2:40000", ends.at()), 61);
            pod.age(forward, 61);
            byte[] late = ends.tcpReply(40000, SYN, ACK);

            assertThatPacket(pod.received(late)).isIdenticalTo(late);
        }
    }

    @Test
    void A13_17_halfOpenConnectionsGiveUpTheirSourcePorts() {
        try (NodePrograms node = eightPorts()) {
            int[] masquerades = new int[5];
            for (int client = 1; client <= 4; client++) {
                masquerades[client] = leave(node, fromOutside(client, SYN));
                node.in(fromOutside(client, ACK), false);
            }
            for (int client = 1000; client < 1500; client++) {
                leave(node, fromOutside(client, SYN));
            }

            for (int client = 1; client <= 4; client++) {
                assertThat(leave(node, fromOutside(client, ACK))).isEqualTo(masquerades[client]);
                byte[] answer = ethernet()
                        .ip("10.1.7.3", PodPrograms.NODE4)
                        .tcp(8080, masquerades[client], ACK)
                        .toBytes();
                assertThatPacket(node.out(node.in(answer, false), false))
                        .hasSource(PodPrograms.NODE4, 30080)
                        .hasDestination("198.51.100.7", client);
            }
            assertThat(node.tables.drops(DropReason.NO_SOURCE_PORT)).isZero();
            assertThat(ring(node.pods).evicted()).isBetween(490L, 500L);
            byte[] robbed = fromOutside(1000, ACK);
            assertThatPacket(node.in(robbed, false))
                    .as("its port is another's, so that it must not go on")
                    .isIdenticalTo(robbed);
        }
    }

    @Test
    void A13_17_theOldestHalfOpenConnectionGivesUpItsSourcePort() {
        try (NodePrograms node = eightPorts()) {
            Map<Integer, Integer> clients = new HashMap<>();
            for (int client = 1; client <= 8; client++) {
                clients.put(leave(node, fromOutside(client, SYN)), client);
            }
            List<Integer> oldestFirst = List.of(3, 8, 1, 6, 2, 7, 5, 4);
            clients.forEach((port, client) -> backdate(node, client, port, 20 - oldestFirst.indexOf(client)));

            List<@Nullable Integer> robbed = new ArrayList<>();
            for (int client = 101; client <= 108; client++) {
                robbed.add(clients.get(leave(node, fromOutside(client, SYN))));
            }
            assertThat(robbed).isEqualTo(oldestFirst);
            for (int client : oldestFirst) {
                assertThat(node.pods.hasFlow(TCP, "198.51.100.7:" + client, PodPrograms.NODE4 + ":30080"))
                        .isFalse();
                assertThat(node.pods.hasFlow(TCP, "198.51.100.7:" + client, BACKEND))
                        .isFalse();
            }
        }
    }

    private static void backdate(NodePrograms node, int client, int masquerade, long seconds) {
        String peer = "198.51.100.7:" + client;
        node.pods.backdate(node.pods.flow(TCP, peer, PodPrograms.NODE4 + ":30080"), seconds);
        node.pods.backdate(node.pods.flow(TCP, peer, BACKEND), seconds);
        node.pods.backdate(node.pods.flow(TCP, PodPrograms.NODE4 + ":" + masquerade, BACKEND), seconds);
    }

    /// A backend can be reached by eight ports of the node, and nobody else uses the table.
    private static NodePrograms eightPorts() {
        List<PortRange> ports = List.of(new PortRange(61000, 61003), new PortRange(62004, 62007));
        NodePrograms node =
                NodePrograms.load(object -> object.configure("config_source_ports", PortRange.toBytes(ports)));
        FrontendKey key = new FrontendKey(IpAddress.of("0.0.0.0"), 30080, TCP);
        node.tables.service(key, NODE_PORT, Set.of(), List.of(), List.of(BACKEND));
        return node;
    }

    private static byte[] fromOutside(int port, TcpFlag... flags) {
        return ethernet()
                .ip("198.51.100.7", PodPrograms.NODE4)
                .tcp(port, 30080, flags)
                .toBytes();
    }

    private static int leave(NodePrograms node, byte[] packet) {
        return PacketView.of(node.out(node.in(packet, false), false)).sourcePort();
    }
}
