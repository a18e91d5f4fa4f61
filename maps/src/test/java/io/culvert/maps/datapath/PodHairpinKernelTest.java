// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.maps.DropReason;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A pod that reaches itself through its Service sees a node address as its peer, and answers that.
@KernelTest
class PodHairpinKernelTest {

    private static PodPrograms pod;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
    }

    @BeforeEach
    void clear() {
        pod.tables.clear();
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    private static PacketBuilder transport(PacketBuilder ip, Protocol protocol, int from, int to, boolean answer) {
        if (protocol == UDP) {
            return ip.udp(from, to).payload(answer ? "answer" : "question");
        }
        return answer ? ip.tcp(from, to, SYN, ACK) : ip.tcp(from, to, SYN);
    }

    private void assertHairpin(Protocol protocol, String self, String service, String node) {
        String end = self.contains(":") ? "[" + self + "]:8080" : self + ":8080";
        pod.tables.service(protocol, service, 80, end);
        byte[] there = pod.turned(transport(ethernet().ip(self, service), protocol, 40000, 80, false)
                .toBytes());

        assertThatPacket(there)
                .hasSourceMac("02:00:00:00:00:02")
                .hasDestinationMac("02:00:00:00:00:01")
                .hasSource(node)
                .hasSourcePortBetween(61000, 65535)
                .hasDestination(self, 8080)
                .checksumsAreRight();
        assertThatPacket(pod.received(there)).isIdenticalTo(there);

        int port = PacketView.of(there).sourcePort();
        byte[] back = pod.turned(
                transport(ethernet().ip(self, node), protocol, 8080, port, true).toBytes());
        assertThatPacket(back)
                .hasSource(service, 80)
                .hasDestination(self, 40000)
                .hasDestinationMac("02:00:00:00:00:01")
                .checksumsAreRight();
        assertThatPacket(pod.received(back)).isIdenticalTo(back);
    }

    @Test
    void A6_33_hairpinOfTcpAndUdpInBothFamilies() {
        assertHairpin(TCP, "10.1.0.2", "10.96.0.10", PodPrograms.NODE4);
        assertHairpin(UDP, "10.1.0.2", "10.96.0.10", PodPrograms.NODE4);
        assertHairpin(TCP, "fd00:1::2", "fd00:96::10", PodPrograms.NODE6);
        assertHairpin(UDP, "fd00:1::2", "fd00:96::10", PodPrograms.NODE6);
    }

    @Test
    void flowTellsThatItIsAHairpin() {
        pod.tables.service(TCP, "10.96.0.10", 80, "10.1.0.2:8080");
        pod.turned(syn(40000));

        Flow flow = pod.flow(TCP, "10.1.0.2:40000", "10.96.0.10:80");

        assertThat(flow.has(FlowFlag.HAIRPIN)).isTrue();
        assertThat(flow.has(FlowFlag.OTHER_SOURCE)).isTrue();
        assertThat(flow.source().address()).hasToString(PodPrograms.NODE4);
    }

    @Test
    void sourcePortsAreProbedUntilTheRangeIsFull() {
        UnaryOperator<BpfObject> eightPorts = object -> object.configure(
                "config_source_ports",
                PortRange.toBytes(List.of(new PortRange(61000, 61003), new PortRange(61004, 61007))));
        try (PodPrograms narrow = PodPrograms.load(eightPorts)) {
            narrow.tables.service(TCP, "10.96.0.10", 80, "10.1.0.2:8080");
            Set<Integer> ports = new HashSet<>();
            for (int client = 40000; client < 40008; client++) {
                ports.add(PacketView.of(narrow.turned(syn(client))).sourcePort());
                narrow.turned(ethernet()
                        .ip("10.1.0.2", "10.96.0.10")
                        .tcp(client, 80, ACK)
                        .toBytes());
            }

            assertThat(ports).containsExactlyInAnyOrder(61000, 61001, 61002, 61003, 61004, 61005, 61006, 61007);
            narrow.dropped(syn(41000));
            assertThat(narrow.tables.drops(DropReason.NO_SOURCE_PORT)).isEqualTo(1);
        }
    }

    @Test
    void withoutANodeAddressThereIsNoHairpin() {
        try (PodPrograms nowhere = PodPrograms.loadWithoutNode()) {
            nowhere.tables.service(TCP, "10.96.0.10", 80, "10.1.0.2:8080");

            nowhere.dropped(syn(40000));

            assertThat(nowhere.tables.drops(DropReason.NO_SOURCE_PORT)).isEqualTo(1);
        }
    }

    private static byte[] syn(int port) {
        return ethernet().ip("10.1.0.2", "10.96.0.10").tcp(port, 80, SYN).toBytes();
    }

    @Test
    void otherTrafficToTheNodeIsNotTouched() {
        byte[] tcp = ethernet()
                .ip("10.1.0.2", PodPrograms.NODE4)
                .tcp(8080, 61000, ACK)
                .toBytes();
        byte[] udp =
                ethernet().ip("10.1.0.2", PodPrograms.NODE4).udp(8080, 61000).toBytes();

        assertThatPacket(pod.sent(tcp)).isIdenticalTo(tcp);
        assertThatPacket(pod.sent(udp)).isIdenticalTo(udp);
    }
}
