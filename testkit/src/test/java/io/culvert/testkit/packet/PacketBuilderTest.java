// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketBuilderTest {

    private static final String V4 = "10.1.0.2";
    private static final String V6 = "fd00:1::2";

    @Test
    void headerOfRfc1071ExamplesHasThePublishedChecksum() {
        // A header that is published with its checksum, 0xb861 (Wikipedia, "Internet checksum").
        byte[] packet = PacketBuilder.bare()
                .ipv4(
                        "192.168.0.1",
                        "192.168.0.199",
                        ip -> ip.id(0).totalLength(0x73).protocol(17))
                .toBytes();
        assertThat(HexFormat.of().formatHex(packet)).isEqualTo("4500007300004000" + "4011b861c0a80001c0a800c7");
    }

    @Test
    void sctpChecksumIsCrc32cInNetworkOrderOfTheStandard() {
        // CRC32c of 32 zero bytes is 0x8a9136aa (RFC 3720 appendix B.4); SCTP stores its lowest byte first.
        assertThat(Checksum.sctp(new byte[32], 0, 32)).isEqualTo(0xaa36918a);
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.2,10.96.0.10", "fd00:1::2,fd00:96::a"})
    void aSynReadsBackAsItWasBuilt(String client, String service) {
        byte[] syn = PacketBuilder.ethernet()
                .vlan(7)
                .ip(client, service)
                .tcp(
                        40000,
                        80,
                        tcp -> tcp.flags(SYN)
                                .sequence(-1)
                                .maximumSegmentSize(1460)
                                .windowScale(7)
                                .timestamps(1, 2))
                .payload("hello")
                .toBytes();
        assertThatPacket(syn)
                .hasSource(client, 40000)
                .hasDestination(service, 80)
                .isTcp()
                .hasFlags(SYN)
                .hasSequence(0xffffffffL)
                .hasTtl(64)
                .hasPayload("hello")
                .checksumsAreRight();
        assertThat(PacketView.of(syn).vlan()).contains(7);
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.2,10.96.0.10", "fd00:1::2,fd00:96::a"})
    void udpAndSctpHaveRightChecksums(String client, String service) {
        PacketBuilder ip = PacketBuilder.ethernet().ip(client, service);
        assertThatPacket(ip.udp(40000, 53).payload("odd").toBytes())
                .isUdp()
                .hasPayload("odd")
                .checksumsAreRight();
        assertThatPacket(ip.sctp(40000, 7777).payload(new byte[16]).toBytes())
                .isSctp()
                .hasDestinationPort(7777)
                .checksumsAreRight();
    }

    @Test
    void aUdpSumOfZeroIsSentAsItsOtherForm() {
        for (int i = 0; i < 0x10000; i++) {
            byte[] payload = {(byte) (i >>> 8), (byte) i};
            byte[] packet = PacketBuilder.bare()
                    .ip(V4, "10.1.0.3")
                    .udp(1, 2)
                    .payload(payload)
                    .toBytes();
            if (packet[26] == (byte) 0xff && packet[27] == (byte) 0xff) {
                assertThatPacket(PacketView.ofIp(packet)).checksumsAreRight();
                return;
            }
        }
        throw new AssertionError("no payload gave the sum zero");
    }

    @Test
    void optionsAndExtensionHeadersAreSteppedOver() {
        byte[] options = PacketBuilder.ethernet()
                .ipv4(V4, "10.96.0.10", ip -> ip.options(7, 7, 4, 0, 0, 0, 0))
                .tcp(1, 2, ACK)
                .toBytes();
        assertThatPacket(options).hasDestinationPort(2).checksumsAreRight();
        byte[] extensions = PacketBuilder.ethernet()
                .ip(V6, "fd00::1")
                .extension(Ipv6Extension.hopByHop(0))
                .extension(Ipv6Extension.destinationOptions(2))
                .extension(Ipv6Extension.routing())
                .udp(1, 2)
                .payload("x")
                .toBytes();
        assertThatPacket(extensions)
                .isUdp()
                .hasDestinationPort(2)
                .hasPayload("x")
                .checksumsAreRight();
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.2,10.1.0.3,3,3", "fd00::2,fd00::3,1,4"})
    void anIcmpErrorCarriesThePacketThatCausedIt(String source, String destination, int type, int code) {
        PacketBuilder cause =
                PacketBuilder.ethernet().ip(destination, source).udp(40000, 53).payload("lost");
        byte[] error = PacketBuilder.ethernet()
                .ip(source, destination)
                .icmp(type, code)
                .embedding(cause)
                .toBytes();
        assertThatPacket(error)
                .isIcmp(type, code)
                .checksumsAreRight()
                .embedded()
                .hasSource(destination, 40000)
                .hasDestination(source, 53)
                .hasPayload("lost")
                .checksumsAreRight();
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.2,10.96.0.10", "fd00:1::2,fd00:96::a"})
    void fragmentsAddUpToThePacket(String client, String service) {
        List<byte[]> fragments = PacketBuilder.ethernet()
                .ip(client, service)
                .udp(40000, 53)
                .payload(new byte[100])
                .fragments(48);
        assertThat(fragments).hasSize(3);
        assertThatPacket(fragments.get(0)).isUdp().hasDestinationPort(53).checksumsAreRight();
        List<PacketView> views = fragments.stream().map(PacketView::of).toList();
        assertThat(views).extracting(PacketView::fragmentOffset).containsExactly(0, 48, 96);
        assertThat(views).extracting(PacketView::protocol).containsOnly(17);
        assertThat(views.get(2).payload()).hasSize(12);
    }

    @Test
    void faultsAreWhatWasAskedFor() {
        PacketBuilder ip = PacketBuilder.ethernet().ip(V4, "10.1.0.3");
        assertThat(wrong(ip.tcp(1, 2, tcp -> tcp.wrongChecksum()))).hasSize(1);
        assertThat(wrong(ip.udp(1, 2, udp -> udp.wrongChecksum()))).hasSize(1);
        assertThat(wrong(ip.sctp(1, 2, sctp -> sctp.wrongChecksum()))).hasSize(1);
        assertThat(wrong(ip.icmp(8, 0, icmp -> icmp.wrongChecksum()))).hasSize(1);
        assertThat(wrong(PacketBuilder.ethernet()
                        .ipv4(V4, "10.1.0.3", header -> header.wrongChecksum())
                        .udp(1, 2)))
                .hasSize(1);
        assertThat(wrong(ip.udp(1, 2, udp -> udp.withoutChecksum()))).isEmpty();
        assertThat(wrong(PacketBuilder.ethernet().ip(V6, "fd00::1").udp(1, 2, udp -> udp.withoutChecksum())))
                .hasSize(1);
        assertThat(ip.udp(1, 2).truncatedTo(20)).hasSize(20);
    }

    @Test
    void anyBeginningOfAPacketCanBeRead() {
        byte[] packet = PacketBuilder.ethernet()
                .ip(V6, "fd00::1")
                .extension(Ipv6Extension.hopByHop(1))
                .icmp(1, 4)
                .embedding(PacketBuilder.bare().ip("10.0.0.1", "10.0.0.2").tcp(1, 2, SYN))
                .toBytes();
        for (int length = 0; length <= packet.length; length++) {
            assertThat(PacketView.of(Arrays.copyOf(packet, length)).toString()).isNotEmpty();
        }
    }

    private static List<String> wrong(PacketBuilder packet) {
        return PacketView.of(packet.toBytes()).wrongChecksums();
    }
}
