// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.FIN;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Packets that are not ours leave both programs byte for byte as they came.
@KernelTest
class PodUntouchedKernelTest {

    private static PodPrograms pod;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
        pod.tables.service(TCP, "10.96.0.10", 80, "10.1.7.3:8080");
        pod.tables.service(UDP, "10.96.0.10", 53, "10.1.7.3:5353");
        pod.tables.service(TCP, "fd00:96::10", 80, "[fd00:1::7:3]:8080");
        pod.tables.service(UDP, "fd00:96::10", 53, "[fd00:1::7:3]:5353");
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    static Stream<Arguments> packets() {
        PacketBuilder v4 = ethernet().ip("10.1.0.2", "10.96.0.10");
        PacketBuilder v6 = ethernet().ip("fd00:1::2", "fd00:96::10");
        byte[] arp = new byte[42];
        arp[12] = 8;
        arp[13] = 6;
        return Stream.of(
                Arguments.of("ARP", arp),
                Arguments.of(
                        "neighbour solicitation",
                        ethernet().ip("fe80::1", "ff02::1:ff00:2").icmp(135, 0).toBytes()),
                Arguments.of(
                        "SYN to the gateway",
                        ethernet().ip("10.1.0.2", "10.1.0.1").tcp(1, 80, SYN).toBytes()),
                Arguments.of("A5_09 another port", v4.tcp(40000, 81, SYN).toBytes()),
                Arguments.of("A5_09 another protocol", v4.udp(40000, 80).toBytes()),
                Arguments.of("echo to a ClusterIP", v4.icmp(8, 0).toBytes()),
                Arguments.of("echo over IPv6", v6.icmp(128, 0).toBytes()),
                Arguments.of(
                        "mid-stream without a flow",
                        v4.tcp(40000, 80, ACK).payload("data").toBytes()),
                Arguments.of("SYN and RST", v4.tcp(40000, 80, SYN, RST).toBytes()),
                Arguments.of("SYN and FIN", v4.tcp(40000, 80, SYN, FIN).toBytes()),
                Arguments.of("port 0", v4.tcp(40000, 0, SYN).toBytes()),
                Arguments.of(
                        "inline VLAN tag",
                        ethernet()
                                .vlan(5)
                                .ip("10.1.0.2", "10.96.0.10")
                                .tcp(1, 80, SYN)
                                .toBytes()),
                Arguments.of(
                        "AH",
                        v6.extension(Ipv6Extension.hopByHop(1).announcing(51))
                                .payload("x".repeat(40))
                                .toBytes()),
                Arguments.of("wrong IP version", changed(v4.tcp(40000, 80, SYN).toBytes(), 14, 0x65)),
                Arguments.of("header of 4 words", changed(v4.tcp(40000, 80, SYN).toBytes(), 14, 0x44)),
                Arguments.of(
                        "length that ends before the ports",
                        ethernet()
                                .ipv4("10.1.0.2", "10.96.0.10", ip -> ip.totalLength(20))
                                .tcp(40000, 80, SYN)
                                .toBytes()),
                Arguments.of(
                        "length that ends within the header of TCP",
                        ethernet()
                                .ipv4("10.1.0.2", "10.96.0.10", ip -> ip.totalLength(39))
                                .tcp(40000, 80, SYN)
                                .toBytes()),
                Arguments.of(
                        "routing header with segments left",
                        changed(
                                v6.extension(Ipv6Extension.routing())
                                        .tcp(40000, 80, SYN)
                                        .toBytes(),
                                57,
                                1)),
                Arguments.of(
                        "more extension headers than are followed",
                        v6.extension(Ipv6Extension.hopByHop(1))
                                .extension(Ipv6Extension.destinationOptions(1))
                                .extension(Ipv6Extension.destinationOptions(1))
                                .extension(Ipv6Extension.destinationOptions(1))
                                .extension(Ipv6Extension.destinationOptions(1))
                                .extension(Ipv6Extension.destinationOptions(1))
                                .extension(Ipv6Extension.destinationOptions(1))
                                .tcp(40000, 80, SYN)
                                .toBytes()));
    }

    private static byte[] changed(byte[] packet, int offset, int value) {
        packet[offset] = (byte) value;
        return packet;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("packets")
    void passes(String name, byte[] packet) {
        assertThatBytes(pod.sent(packet), packet);
        assertThatBytes(pod.received(packet), packet);
    }

    @Test
    void everyTruncationPassesUntouched() {
        for (byte[] whole : List.of(
                ethernet().ip("10.1.0.2", "10.96.0.10").tcp(40000, 80, SYN).toBytes(),
                ethernet().ip("10.1.0.2", "10.96.0.10").udp(40000, 53).toBytes(),
                ethernet().ip("fd00:1::2", "fd00:96::10").tcp(40000, 80, SYN).toBytes(),
                ethernet().ip("fd00:1::2", "fd00:96::10").udp(40000, 53).toBytes())) {
            // The kernel runs no program on less than a network header.
            int network = whole[12] == 8 ? 34 : 54;
            for (int length = network; length < whole.length; length++) {
                byte[] packet = Arrays.copyOf(whole, length);
                assertThatBytes(pod.sent(packet), packet);
                assertThatBytes(pod.received(packet), packet);
            }
        }
    }

    @Test
    void aServiceThatIsNotPublishedIsNoService() {
        var gone = pod.tables.service(TCP, "10.96.0.99", 80, "10.1.7.3:8080");
        pod.tables.withdraw(gone);
        byte[] syn = ethernet().ip("10.1.0.2", "10.96.0.99").tcp(40000, 80, SYN).toBytes();

        assertThatPacket(pod.sent(syn)).isIdenticalTo(syn);
    }

    private static void assertThatBytes(byte[] actual, byte[] expected) {
        assertThat(actual).isEqualTo(expected);
    }
}
