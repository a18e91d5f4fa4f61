// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.SCTP;
import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.PSH;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Packets of a pod to a Service and back, with every checksum looked at.
@KernelTest
class PodTranslationKernelTest {

    private static final String CLIENT = "10.1.0.2";
    private static final String SERVICE = "10.96.0.10";
    private static final String BACKEND = "10.1.7.3";
    private static final String CLIENT6 = "fd00:1::2";
    private static final String SERVICE6 = "fd00:96::10";
    private static final String BACKEND6 = "fd00:1::7:3";

    private static final int SCTP_INIT = 1;
    private static final int SCTP_DATA = 0;
    private static final int SCTP_INIT_ACK = 2;

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

    @Test
    void tcpOverIpv4GoesToTheBackendAndBack() {
        pod.tables.service(TCP, SERVICE, 80, BACKEND + ":8080");

        assertThatPacket(pod.sent(ethernet()
                        .ip(CLIENT, SERVICE)
                        .tcp(40000, 80, tcp -> tcp.flags(SYN).sequence(7).maximumSegmentSize(1460))
                        .toBytes()))
                .hasSource(CLIENT, 40000)
                .hasDestination(BACKEND, 8080)
                .hasFlags(SYN)
                .hasSequence(7)
                .checksumsAreRight();
        assertThatPacket(pod.received(ethernet()
                        .ip(BACKEND, CLIENT)
                        .tcp(8080, 40000, SYN, ACK)
                        .toBytes()))
                .hasSource(SERVICE, 80)
                .hasDestination(CLIENT, 40000)
                .checksumsAreRight();
        assertThatPacket(pod.sent(ethernet()
                        .ip(CLIENT, SERVICE)
                        .tcp(40000, 80, ACK, PSH)
                        .payload("odd")
                        .toBytes()))
                .hasDestination(BACKEND, 8080)
                .hasPayload("odd")
                .checksumsAreRight();
    }

    @Test
    void tcpOverIpv6GoesToTheBackendAndBack() {
        pod.tables.service(TCP, SERVICE6, 80, "[" + BACKEND6 + "]:8080");

        assertThatPacket(pod.sent(
                        ethernet().ip(CLIENT6, SERVICE6).tcp(40000, 80, SYN).toBytes()))
                .hasSource(CLIENT6, 40000)
                .hasDestination(BACKEND6, 8080)
                .checksumsAreRight();
        assertThatPacket(pod.received(ethernet()
                        .ip(BACKEND6, CLIENT6)
                        .tcp(8080, 40000, SYN, ACK)
                        .toBytes()))
                .hasSource(SERVICE6, 80)
                .hasDestination(CLIENT6, 40000)
                .checksumsAreRight();
    }

    @Test
    void udpGoesToTheBackendAndBackInBothFamilies() {
        pod.tables.service(UDP, SERVICE, 53, BACKEND + ":5353");
        pod.tables.service(UDP, SERVICE6, 53, "[" + BACKEND6 + "]:5353");

        assertUdp(CLIENT, SERVICE, BACKEND);
        assertUdp(CLIENT6, SERVICE6, BACKEND6);
    }

    private void assertUdp(String client, String service, String backend) {
        assertThatPacket(pod.sent(ethernet()
                        .ip(client, service)
                        .udp(40000, 53)
                        .payload("question")
                        .toBytes()))
                .hasSource(client, 40000)
                .hasDestination(backend, 5353)
                .hasPayload("question")
                .checksumsAreRight();
        assertThatPacket(pod.received(ethernet()
                        .ip(backend, client)
                        .udp(5353, 40000)
                        .payload("answer")
                        .toBytes()))
                .hasSource(service, 53)
                .hasDestination(client, 40000)
                .hasPayload("answer")
                .checksumsAreRight();
    }

    @Test
    void A12_07_udpWithoutChecksumStaysWithout() {
        pod.tables.service(UDP, SERVICE, 53, BACKEND + ":5353");
        PacketBuilder question = ethernet().ip(CLIENT, SERVICE).udp(40000, 53, udp -> udp.withoutChecksum());

        byte[] sent = pod.sent(question.payload("q").toBytes());

        assertThatPacket(sent).hasDestination(BACKEND, 5353).checksumsAreRight();
        assertThat(sent[40]).as("checksum").isZero();
        assertThat(sent[41]).as("checksum").isZero();
    }

    @Test
    void udpChecksumThatComesOutAsZeroIsWrittenAsAllOnes() {
        pod.tables.service(UDP, SERVICE, 53, BACKEND + ":5353");
        for (int value = 0; value <= 0xffff; value += 1) {
            byte[] payload = {(byte) (value >> 8), (byte) value};
            byte[] expected = ethernet()
                    .ip(CLIENT, BACKEND)
                    .udp(40000, 5353)
                    .payload(payload)
                    .toBytes();
            if (expected[40] == -1 && expected[41] == -1) {
                byte[] sent = pod.sent(ethernet()
                        .ip(CLIENT, SERVICE)
                        .udp(40000, 53)
                        .payload(payload)
                        .toBytes());
                assertThatPacket(sent).isIdenticalTo(expected);
                return;
            }
        }
        throw new AssertionError("no payload has a checksum of 0xffff");
    }

    @Test
    void A12_02_sctpHasTheRightCrc() {
        pod.tables.service(SCTP, SERVICE, 3868, BACKEND + ":13868");
        pod.tables.service(SCTP, SERVICE6, 3868, "[" + BACKEND6 + "]:13868");

        for (int length : new int[] {4, 5, 17, 1400}) {
            int port = 40000 + length;
            assertSctp(CLIENT, SERVICE, BACKEND, port, new byte[length]);
            assertSctp(CLIENT6, SERVICE6, BACKEND6, port, new byte[length]);
        }
    }

    private void assertSctp(String client, String service, String backend, int port, byte[] payload) {
        for (int chunk : new int[] {SCTP_INIT, SCTP_DATA}) {
            assertThatPacket(pod.sent(ethernet()
                            .ip(client, service)
                            .sctp(port, 3868, sctp -> sctp.chunkType(chunk).verificationTag(9))
                            .payload(payload)
                            .toBytes()))
                    .isIdenticalTo(ethernet()
                            .ip(client, backend)
                            .sctp(port, 13868, sctp -> sctp.chunkType(chunk).verificationTag(9))
                            .payload(payload)
                            .toBytes());
        }
        assertThatPacket(pod.received(ethernet()
                        .ip(backend, client)
                        .sctp(13868, port, sctp -> sctp.chunkType(SCTP_INIT_ACK))
                        .payload(payload)
                        .toBytes()))
                .hasSource(service, 3868)
                .checksumsAreRight();
    }

    @Test
    void A12_06_ipv4OptionsAreSteppedOver() {
        pod.tables.service(TCP, SERVICE, 80, BACKEND + ":8080");

        assertThatPacket(pod.sent(ethernet()
                        .ipv4(CLIENT, SERVICE, ip -> ip.options(7, 7, 4, 0, 0, 0, 0, 0))
                        .tcp(40000, 80, SYN)
                        .toBytes()))
                .isIdenticalTo(ethernet()
                        .ipv4(CLIENT, BACKEND, ip -> ip.options(7, 7, 4, 0, 0, 0, 0, 0))
                        .tcp(40000, 8080, SYN)
                        .toBytes());
    }

    @Test
    void A12_06_ipv6ExtensionHeadersAreSteppedOver() {
        pod.tables.service(TCP, SERVICE6, 80, "[" + BACKEND6 + "]:8080");

        assertThatPacket(pod.sent(extended(SERVICE6, 80))).isIdenticalTo(extended(BACKEND6, 8080));
    }

    private static byte[] extended(String destination, int port) {
        return ethernet()
                .ip(CLIENT6, destination)
                .extension(Ipv6Extension.hopByHop(1))
                .extension(Ipv6Extension.destinationOptions(3))
                .extension(Ipv6Extension.fragment(0, false, 77))
                .tcp(40000, port, SYN)
                .toBytes();
    }

    @Test
    void A21_13_nothingButAddressesPortsAndChecksumsChanges() {
        pod.tables.service(TCP, SERVICE, 80, BACKEND + ":8080");

        assertThatPacket(pod.sent(detailed(SERVICE, 80))).isIdenticalTo(detailed(BACKEND, 8080));
    }

    private static byte[] detailed(String destination, int port) {
        return ethernet()
                .ipv4(CLIENT, destination, ip -> ip.ttl(3).id(0xbeef).trafficClass(0xb8))
                .tcp(
                        40000,
                        port,
                        tcp -> tcp.flags(SYN)
                                .sequence(0xfffffffe)
                                .window(29200)
                                .maximumSegmentSize(1400)
                                .timestamps(99, 0)
                                .windowScale(7))
                .payload("with fast open")
                .toBytes();
    }

    @Test
    void bothEntriesOfAFlowTellWhatTheySaw() {
        var service = pod.tables.service(TCP, SERVICE, 80, BACKEND + ":8080");
        byte[] syn = ethernet().ip(CLIENT, SERVICE).tcp(40000, 80, SYN).toBytes();
        pod.sent(syn);
        pod.received(ethernet().ip(BACKEND, CLIENT).tcp(8080, 40000, ACK).toBytes());

        Flow forward = pod.flow(TCP, CLIENT + ":40000", SERVICE + ":80");
        Flow reply = pod.flow(TCP, CLIENT + ":40000", BACKEND + ":8080");

        assertThat(forward.role()).isEqualTo(FlowRole.FORWARD);
        assertThat(forward.client()).isEqualTo(ServiceTables.end(CLIENT + ":40000"));
        assertThat(forward.service()).isEqualTo(ServiceTables.end(SERVICE + ":80"));
        assertThat(forward.backend()).isEqualTo(ServiceTables.end(BACKEND + ":8080"));
        assertThat(forward.source()).isEqualTo(forward.client());
        assertThat(forward.serviceIndex()).isEqualTo(service.index());
        assertThat(forward.backendId()).isEqualTo(service.id());
        assertThat(forward.packets()).isEqualTo(1);
        assertThat(forward.bytes()).isEqualTo(syn.length - 14);
        assertThat(forward.state()).isEqualTo(FlowFlag.SYN.bit());
        assertThat(reply.role()).isEqualTo(FlowRole.REPLY);
        assertThat(reply.packets()).isEqualTo(1);
        assertThat(reply.state()).isEqualTo(FlowFlag.ANSWERED.bit());
        assertThat(reply.key()).isEqualTo(forward.partner());
        assertThat(System.nanoTime() - forward.lastSeen()).isBetween(0L, 60_000_000_000L);
    }
}
