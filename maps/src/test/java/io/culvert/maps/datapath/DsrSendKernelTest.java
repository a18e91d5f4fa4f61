// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Algorithm;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FrontendType;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is handed to backends of other nodes, byte by byte.
@LabTest
@DsrCases
class DsrSendKernelTest extends DsrFixture {

    DsrSendKernelTest(IpFamily family, boolean geneve, FrontendType type) {
        super(family, geneve, type);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "UDP"})
    void everyPacketIsHandedOnUnchangedInAnOuterHeader(Protocol protocol) throws Exception {
        serve(protocol, false);
        byte[] first = protocol == Protocol.TCP ? packets.tcp(TcpFlag.SYN) : packets.udp(9);
        byte[] next = protocol == Protocol.TCP ? packets.tcp(TcpFlag.ACK) : packets.udp(9);

        packets.isHandedOn(first, expect(PodPrograms.TURNED, first));
        assertThat(flow(protocol).has(FlowFlag.ANSWERED)).isFalse();
        packets.isHandedOn(next, expect(PodPrograms.TURNED, next));

        assertThat(flow(protocol).has(FlowFlag.ANSWERED)).isTrue();
        assertThat(flow(protocol).packets()).isEqualTo(2);
        assertThat(node.tables.count(Tables.FLOWS)).as("entries").isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CLIENT_CLOSED", "RESET"})
    void aClientThatEndsItsConnectionEndsIt(FlowFlag end) throws Exception {
        serve(Protocol.TCP, false);
        expect(PodPrograms.TURNED, packets.tcp(TcpFlag.SYN));
        expect(PodPrograms.TURNED, packets.tcp(TcpFlag.ACK));

        expect(PodPrograms.TURNED, packets.tcp(end == FlowFlag.RESET ? TcpFlag.RST : TcpFlag.FIN, TcpFlag.ACK));
        assertThat(flow(Protocol.TCP).has(end)).isTrue();
        expect(PodPrograms.TURNED, packets.tcp(TcpFlag.ACK));

        assertThat(flow(Protocol.TCP).has(FlowFlag.ANSWERED))
                .as("lives as long as an open one")
                .isEqualTo(end == FlowFlag.RESET);
        long created = flow(Protocol.TCP).created();
        Thread.onSpinWait();
        expect(PodPrograms.TURNED, packets.tcp(TcpFlag.SYN));
        assertThat(flow(Protocol.TCP).has(end)).isFalse();
        assertThat(flow(Protocol.TCP).created()).isGreaterThanOrEqualTo(created);
    }

    /// Nobody here sees what the backend sends, so that the client's end is the connection's.
    @ParameterizedTest
    @EnumSource(names = {"CLIENT_CLOSED", "RESET"})
    void aConnectionIsCountedUntilItsClientEndsIt(FlowFlag end) throws Exception {
        TestService service = serve(Protocol.TCP, false);
        node.tables.choose(service, Algorithm.LEAST_CONNECTION, SelectionTable.EMPTY);
        BackendLoads loads = node.tables.loads();
        int id = service.backends().getFirst().id();
        expect(PodPrograms.TURNED, packets.tcp(TcpFlag.SYN));
        expect(PodPrograms.TURNED, packets.tcp(TcpFlag.ACK));
        assertThat(loads.flows(id)).isEqualTo(1);

        expect(PodPrograms.TURNED, packets.tcp(end == FlowFlag.RESET ? TcpFlag.RST : TcpFlag.FIN, TcpFlag.ACK));
        assertThat(loads.flows(id)).isZero();

        expect(PodPrograms.TURNED, packets.tcp(TcpFlag.SYN));
        assertThat(loads.flows(id)).as("the same ports again").isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "UDP"})
    void A21_11_whatDoesNotFitIsAnswered(Protocol protocol) throws Exception {
        serve(protocol, false);
        int room = 1500 - packets.headers();
        int more = protocol == Protocol.TCP ? 20 : 8;
        int payload = room - (family == IpFamily.IPV4 ? 20 : 40) - more;
        byte[] fits = data(protocol, payload);
        byte[] big = data(protocol, payload + 1);
        expect(PodPrograms.TURNED, protocol == Protocol.TCP ? packets.tcp(TcpFlag.SYN) : packets.udp(1));

        packets.isHandedOn(fits, expect(PodPrograms.TURNED, fits));
        byte[] answer = expect(PodPrograms.TURNED, big);

        int icmp = DsrPackets.ETHERNET + (family == IpFamily.IPV4 ? 20 : 40);
        ByteBuffer bytes = ByteBuffer.wrap(answer);
        assertThat(bytes.get(icmp)).as("type").isEqualTo((byte) (family == IpFamily.IPV4 ? 3 : 2));
        assertThat(bytes.get(icmp + 1)).as("code").isEqualTo((byte) (family == IpFamily.IPV4 ? 4 : 0));
        assertThat(bytes.getInt(icmp + 4)).as("MTU").isEqualTo(room);
        assertThatPacket(answer).hasSource(vip).hasDestination(client).checksumsAreRight();
        byte[] quoted = Arrays.copyOfRange(answer, icmp + 8, answer.length);
        int asSent = quoted.length - (protocol == Protocol.TCP ? 4 : 2);
        assertThat(Arrays.copyOf(quoted, asSent))
                .isEqualTo(Arrays.copyOfRange(big, DsrPackets.ETHERNET, DsrPackets.ETHERNET + asSent));
        assertThat(node.tables.drops(DropReason.TOO_BIG)).isEqualTo(1);
    }

    private byte[] data(Protocol protocol, int bytes) {
        PacketBuilder ip = packets.fromClient();
        return (protocol == Protocol.TCP
                        ? ip.tcp(DsrPackets.CLIENT_PORT, packets.port(), TcpFlag.ACK)
                        : ip.udp(DsrPackets.CLIENT_PORT, packets.port()))
                .payload(new byte[bytes])
                .toBytes();
    }

    @Test
    void icmpErrorsOfTheClientAreHandedOn() throws Exception {
        byte[] error = portUnreachable();
        serve(Protocol.UDP, false);
        expect(PodPrograms.TURNED, packets.udp(9));

        byte[] result = expect(PodPrograms.TURNED, error);

        assertThat(Arrays.copyOfRange(result, DsrPackets.ETHERNET + packets.headers(), result.length))
                .isEqualTo(Arrays.copyOfRange(error, DsrPackets.ETHERNET, error.length));
    }
}
