// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.SCTP;
import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a pod gets back from a Service that has no backend for it.
@KernelTest
class PodRejectKernelTest {

    private static final String MAC_OF_POD = "02:00:00:00:00:01";
    private static final String MAC_OF_HOST = "02:00:00:00:00:02";

    private static PodPrograms pod;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
    }

    @BeforeEach
    void clear() {
        pod.tables.clear();
        for (String service : new String[] {"10.96.0.10", "fd00:96::10"}) {
            pod.tables.service(TCP, service, 80);
            pod.tables.service(UDP, service, 53);
            pod.tables.service(SCTP, service, 3868);
        }
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    @Test
    void A5_01_tcpOverIpv4GetsAReset() {
        byte[] reset = pod.turned(ethernet()
                .ip("10.1.0.2", "10.96.0.10")
                .tcp(40000, 80, tcp -> tcp.flags(SYN).sequence(0xffffffff).maximumSegmentSize(1460))
                .toBytes());

        assertThat(reset).hasSize(14 + 20 + 20);
        assertThatPacket(reset)
                .hasSourceMac(MAC_OF_HOST)
                .hasDestinationMac(MAC_OF_POD)
                .hasSource("10.96.0.10", 80)
                .hasDestination("10.1.0.2", 40000)
                .hasFlags(RST, ACK)
                .hasSequence(0)
                .hasAcknowledgement(0)
                .checksumsAreRight();
        assertThat(pod.tables.drops(DropReason.NO_BACKEND)).isEqualTo(1);
    }

    @Test
    void A5_01_tcpOverIpv6GetsAReset() {
        byte[] reset = pod.turned(ethernet()
                .ip("fd00:1::2", "fd00:96::10")
                .tcp(40000, 80, tcp -> tcp.flags(SYN).sequence(9).timestamps(1, 0))
                .payload("fast open")
                .toBytes());

        assertThat(reset).hasSize(14 + 40 + 20);
        assertThatPacket(reset)
                .hasSource("fd00:96::10", 80)
                .hasDestination("fd00:1::2", 40000)
                .hasFlags(RST, ACK)
                .hasAcknowledgement(10)
                .checksumsAreRight();
    }

    @Test
    void A5_01_resetKeepsOptionsOfTheNetworkHeader() {
        assertThatPacket(pod.turned(ethernet()
                        .ipv4("10.1.0.2", "10.96.0.10", ip -> ip.options(1, 1, 1, 0))
                        .tcp(40000, 80, SYN)
                        .toBytes()))
                .hasFlags(RST, ACK)
                .checksumsAreRight();
        assertThatPacket(pod.turned(ethernet()
                        .ip("fd00:1::2", "fd00:96::10")
                        .extension(Ipv6Extension.destinationOptions(1))
                        .tcp(40000, 80, SYN)
                        .toBytes()))
                .hasFlags(RST, ACK)
                .checksumsAreRight();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 100, 1400})
    void A5_17_udpGetsPortUnreachable(int length) {
        byte[] error = pod.turned(ethernet()
                .ip("10.1.0.2", "10.96.0.10")
                .udp(40000, 53)
                .payload(new byte[length])
                .toBytes());
        byte[] error6 = pod.turned(ethernet()
                .ip("fd00:1::2", "fd00:96::10")
                .udp(40000, 53)
                .payload(new byte[length])
                .toBytes());

        assertThat(error).hasSize(14 + 20 + 8 + 20 + 8);
        assertThatPacket(error)
                .hasSourceMac(MAC_OF_HOST)
                .hasDestinationMac(MAC_OF_POD)
                .hasSource("10.96.0.10")
                .hasDestination("10.1.0.2")
                .isIcmp(3, 3)
                .checksumsAreRight()
                .embedded()
                .hasSource("10.1.0.2", 40000)
                .hasDestination("10.96.0.10", 53);
        assertThat(error6).hasSize(14 + 40 + 8 + 40 + 8);
        assertThatPacket(error6)
                .hasSource("fd00:96::10")
                .hasDestination("fd00:1::2")
                .isIcmp(1, 4)
                .checksumsAreRight()
                .embedded()
                .hasSource("fd00:1::2", 40000)
                .hasDestination("fd00:96::10", 53);
    }

    @Test
    void A5_16_sctpGetsPortUnreachable() {
        assertThatPacket(pod.turned(ethernet()
                        .ipv4("10.1.0.2", "10.96.0.10", ip -> ip.options(1, 1, 1, 0))
                        .sctp(40000, 3868, sctp -> sctp.chunkType(1))
                        .payload(new byte[16])
                        .toBytes()))
                .isIcmp(3, 3)
                .checksumsAreRight()
                .embedded()
                .hasDestination("10.96.0.10");
    }

    @Test
    void A5_04_endpointsOnOtherNodesOnlyAreDropped() {
        pod.tables.serviceWithoutLocalEndpoints(TCP, "10.96.0.20", 80, true, "10.1.9.9:8080");

        pod.dropped(ethernet().ip("10.1.0.2", "10.96.0.20").tcp(40000, 80, SYN).toBytes());

        assertThat(pod.tables.drops(DropReason.NO_LOCAL_BACKEND)).isEqualTo(1);
        assertThat(pod.hasFlow(TCP, "10.1.0.2:40000", "10.96.0.20:80")).isFalse();
    }

    @Test
    void A5_07_noEndpointAnywhereIsRefusedForALocalPolicyToo() {
        pod.tables.serviceWithoutLocalEndpoints(TCP, "10.96.0.20", 80, false);

        assertThatPacket(pod.turned(ethernet()
                        .ip("10.1.0.2", "10.96.0.20")
                        .tcp(40000, 80, SYN)
                        .toBytes()))
                .hasFlags(RST, ACK);
    }

    @Test
    void A5_08_refusedOnceTheLastBackendIsGone() {
        var service = pod.tables.service(UDP, "10.96.0.30", 53, "10.1.7.3:5353");
        byte[] question = ethernet().ip("10.1.0.2", "10.96.0.30").udp(40000, 53).toBytes();
        pod.sent(question);
        pod.tables.change(service);

        assertThatPacket(pod.turned(question)).isIcmp(3, 3).checksumsAreRight();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1"})
    void A20_05_sourcesThatAreNoSingleHostGetNoAnswer(String source) {
        String service = source.contains(":") ? "fd00:96::10" : "10.96.0.10";

        pod.dropped(ethernet().ip(source, service).udp(40000, 53).toBytes());

        assertThat(pod.tables.drops(DropReason.INVALID_PACKET)).isEqualTo(1);
    }

    @Test
    void A20_05_answersAreLimited() {
        try (PodPrograms frugal = PodPrograms.load(object -> object.configure("config_reject_rate", 2))) {
            frugal.tables.service(TCP, "10.96.0.10", 80);
            byte[] syn =
                    ethernet().ip("10.1.0.2", "10.96.0.10").tcp(40000, 80, SYN).toBytes();
            int answered = 0;
            for (int i = 0; i < 100; i++) {
                answered += frugal.ingress(syn).verdict() == PodPrograms.TURNED ? 1 : 0;
            }

            int budgets = Runtime.getRuntime().availableProcessors();
            assertThat(answered).isBetween(1, 4 * budgets);
            assertThat(frugal.tables.drops(DropReason.REJECT_RATE_LIMITED)).isEqualTo(100 - answered);
        }
    }
}
