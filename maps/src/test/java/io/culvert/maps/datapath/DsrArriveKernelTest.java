// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What other nodes hand to this one, byte by byte.
@LabTest
@DsrCases
class DsrArriveKernelTest extends DsrFixture {

    DsrArriveKernelTest(IpFamily family, boolean geneve, FrontendType type) {
        super(family, geneve, type);
    }

    private byte[] translated(byte[] packet, Protocol protocol) {
        PacketBuilder ip = ethernet().ip(client, backend);
        return (protocol == Protocol.TCP
                        ? ip.tcp(
                                DsrPackets.CLIENT_PORT,
                                8080,
                                packet[DsrPackets.ETHERNET + (family == IpFamily.IPV4 ? 33 : 53)] == 2
                                        ? TcpFlag.SYN
                                        : TcpFlag.ACK)
                        : ip.udp(DsrPackets.CLIENT_PORT, 8080))
                .payload(protocol == Protocol.TCP ? "some data".getBytes(StandardCharsets.UTF_8) : new byte[9])
                .toBytes();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "UDP"})
    void whatAnotherNodeHandsOnGoesToItsBackend(Protocol protocol) throws Exception {
        serve(protocol, true);
        byte[] first = protocol == Protocol.TCP ? packets.tcp(TcpFlag.SYN) : packets.udp(9);

        assertThatPacket(expect(PodPrograms.PASS, packets.handed(first))).isIdenticalTo(translated(first, protocol));

        byte[] reply = ethernet()
                .ip(backend, client)
                .udp(8080, DsrPackets.CLIENT_PORT)
                .payload("answer")
                .toBytes();
        if (protocol == Protocol.UDP) {
            assertThatPacket(node.out(reply, false))
                    .isIdenticalTo(ethernet()
                            .ip(vip, client)
                            .udp(packets.port(), DsrPackets.CLIENT_PORT)
                            .payload("answer")
                            .toBytes());
        }
        assertThat(flow(protocol).has(FlowFlag.MASQUERADED)).isFalse();
    }

    @Test
    void aConnectionMayBeginInItsMiddle() throws Exception {
        serve(Protocol.TCP, true);
        byte[] packet = packets.tcp(TcpFlag.ACK);

        assertThatPacket(expect(PodPrograms.PASS, packets.handed(packet)))
                .isIdenticalTo(translated(packet, Protocol.TCP));
        assertThatPacket(expect(PodPrograms.PASS, packets.handed(packet)))
                .isIdenticalTo(translated(packet, Protocol.TCP));

        assertThat(flow(Protocol.TCP).has(FlowFlag.ANSWERED)).isTrue();
        assertThat(flow(Protocol.TCP).packets()).isEqualTo(2);
    }

    @Test
    void whatNoNodeSendsIsLeftAlone() throws Exception {
        serve(Protocol.TCP, true);
        String stranger = family == IpFamily.IPV4 ? "203.0.113.9" : "2001:db8:9::9";
        byte[] packet = packets.handed(stranger, backend, packets.tcp(TcpFlag.SYN));

        assertThat(expect(PodPrograms.PASS, packet)).isEqualTo(packet);
        assertThat(node.tables.count(Tables.FLOWS)).isZero();
    }

    @Test
    void tunnelsOfOthersAreLeftAlone() throws Exception {
        serve(Protocol.TCP, true);
        byte[] inner = ethernet()
                .ip(client, vip)
                .tcp(DsrPackets.CLIENT_PORT, 9, TcpFlag.SYN)
                .toBytes();
        byte[] packet = geneve
                ? packets.handed(
                        other,
                        backend,
                        packets.tcp(TcpFlag.SYN),
                        (byte) 1,
                        (byte) 0x4b,
                        (byte) 0x81,
                        (byte) 1,
                        (byte) 0,
                        (byte) 0,
                        (byte) 0,
                        (byte) 0)
                : packets.handed(inner);

        assertThat(expect(PodPrograms.PASS, packet)).isEqualTo(packet);
        assertThat(node.tables.count(Tables.FLOWS)).isZero();
        if (geneve) {
            String here = lab.node("here").ip(family).toString();
            expect(PodPrograms.DROP, packets.handed(other, here, inner));
            assertThat(node.tables.drops(DropReason.DSR_NO_BACKEND)).isEqualTo(1);
        }
    }

    @Test
    void aNewerBackendReplacesTheOneThatAConnectionHad() throws Exception {
        TestService before = serve(Protocol.TCP, true);
        expect(PodPrograms.PASS, packets.handed(packets.tcp(TcpFlag.SYN)));
        String newer = family == IpFamily.IPV4 ? "10.1.0.77" : "fd00:1::77";
        node.tables.service(
                before.key(),
                type,
                Set.of(FrontendFlag.DSR),
                List.of("[" + backend + "]:8080", "[" + newer + "]:8080"),
                List.of());

        expect(PodPrograms.PASS, packets.handed(other, newer, packets.tcp(TcpFlag.ACK)));

        assertThat(flow(Protocol.TCP).backend().address()).isEqualTo(IpAddress.of(newer));
    }

    /// Its first packet comes again, and the node that hands it on knows better by then.
    @Test
    void aConnectionWhoseBackendIsGoneIsReset() throws Exception {
        serve(Protocol.TCP, true);
        String gone = lab.node("here").ip(family).toString();

        expect(PodPrograms.DROP, packets.handed(other, gone, packets.tcp(TcpFlag.SYN)));
        byte[] answer = expect(PodPrograms.TURNED, packets.handed(other, gone, packets.tcp(TcpFlag.ACK)));

        assertThatPacket(answer)
                .hasSource(vip, packets.port())
                .hasDestination(client, DsrPackets.CLIENT_PORT)
                .hasFlags(TcpFlag.RST);
        assertThat(node.tables.drops(DropReason.DSR_NO_BACKEND)).isEqualTo(2);
        assertThat(node.tables.count(Tables.FLOWS)).isZero();
    }

    @Test
    void whatOnlyPassesByIsLeftAlone() throws Exception {
        serve(Protocol.TCP, false);
        byte[] packet = packets.handed(packets.tcp(TcpFlag.SYN));

        assertThat(expect(PodPrograms.PASS, packet)).isEqualTo(packet);
        assertThat(node.tables.count(Tables.FLOWS)).isZero();
    }

    @Test
    void icmpErrorsOfTheClientReachTheBackend() throws Exception {
        serve(Protocol.UDP, true);
        expect(PodPrograms.PASS, packets.handed(packets.udp(9)));

        assertThatPacket(expect(PodPrograms.PASS, packets.handed(portUnreachable())))
                .isIdenticalTo(unreachable(backend, 8080));
    }
}
