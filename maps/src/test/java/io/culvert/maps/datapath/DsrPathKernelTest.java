// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.FrontendType;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.packet.TcpFlag;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What routers tell a node of the packets that it has handed on, byte by byte, as its stack gets it: that knows no
/// sender of outer headers, and would learn nothing of the way.
@LabTest
@DsrCases
class DsrPathKernelTest extends DsrFixture {

    private static final int MTU = 1400;

    private final boolean v4 = family == IpFamily.IPV4;
    private final String here = packets.here();

    DsrPathKernelTest(IpFamily family, boolean geneve, FrontendType type) {
        super(family, geneve, type);
    }

    private int header() {
        return v4 ? 20 : 40;
    }

    /// An ICMP error of a router about a packet, of which it quotes this much of what follows the IP header.
    private byte[] error(String receiver, int type, int code, byte[] about, int bytes) {
        int length = Math.min(about.length, DsrPackets.ETHERNET + header() + bytes);
        return ethernet()
                .ip(v4 ? "192.0.2.254" : "2001:db8::ff", receiver)
                .icmp(type, code, icmp -> icmp.word(MTU))
                .payload(Arrays.copyOfRange(about, DsrPackets.ETHERNET, length))
                .toBytes();
    }

    private byte[] tooBig(byte[] about, int bytes) {
        return error(here, v4 ? 3 : 2, v4 ? 4 : 0, about, bytes);
    }

    /// The same packet as an echo reply.
    private byte[] asEchoReply(byte[] handed) {
        byte[] reply = Arrays.copyOfRange(handed, DsrPackets.ETHERNET + header(), handed.length);
        reply[0] = (byte) (v4 ? 0 : 129);
        reply[1] = 0;
        return packets.carrying(here, backend, v4 ? 1 : 58, reply);
    }

    /// RFC 792 asks for no more than eight bytes behind the header; most routers quote more.
    @ParameterizedTest
    @ValueSource(ints = {8, 28, 500})
    void theStackIsToldWhatFitsOnTheWayToABackend(int bytes) throws Exception {
        byte[] handed = packets.handed(here, backend, packets.tcp(TcpFlag.ACK));

        assertThat(expect(PodPrograms.PASS, tooBig(handed, bytes))).isEqualTo(tooBig(asEchoReply(handed), bytes));
    }

    @ParameterizedTest
    @CsvSource({"3, 3, 1, 4", "11, 0, 3, 0"})
    void otherErrorsAboutOuterHeadersAreLeftAlone(int type4, int code4, int type6, int code6) throws Exception {
        byte[] handed = packets.handed(here, backend, packets.tcp(TcpFlag.ACK));
        byte[] error = error(here, v4 ? type4 : type6, v4 ? code4 : code6, handed, 500);

        assertThat(expect(PodPrograms.PASS, error)).isEqualTo(error);
    }

    @Test
    void errorsAboutOtherPacketsOfTheNodeAreLeftAlone() throws Exception {
        byte[] datagram = ethernet()
                .ip(here, backend)
                .udp(50000, 6080)
                .payload("some data")
                .toBytes();
        byte[] tcp = ethernet().ip(here, backend).tcp(50000, 6081, TcpFlag.ACK).toBytes();

        for (byte[] own : new byte[][] {datagram, tcp}) {
            byte[] error = tooBig(own, 500);
            assertThat(expect(PodPrograms.PASS, error)).isEqualTo(error);
        }
    }

    /// Only from the node's primary address is anything handed on: another address has another's tunnel.
    @Test
    void errorsAboutTunnelsOfOthersAreLeftAlone() throws Exception {
        byte[] handed = packets.handed(other, backend, packets.tcp(TcpFlag.ACK));
        byte[] error = error(other, v4 ? 3 : 2, v4 ? 4 : 0, handed, 500);

        assertThat(expect(PodPrograms.PASS, error)).isEqualTo(error);
    }
}
