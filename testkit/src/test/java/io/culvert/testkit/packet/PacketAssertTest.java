// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PacketAssertTest {

    private static final byte[] PACKET = to("10.1.0.3", 8080);

    @Test
    void aFailureNamesTheField() {
        assertThatThrownBy(() -> assertThatPacket(PACKET).hasDestination("10.96.0.10"))
                .hasMessageStartingWith("destination: expected 10.96.0.10 but was 10.1.0.3 in [");
        assertThatThrownBy(() -> assertThatPacket(PACKET).hasDestinationPort(80))
                .hasMessageStartingWith("destination port: expected 80 but was 8080");
        assertThatThrownBy(() -> assertThatPacket(PACKET).hasFlags(SYN, ACK))
                .hasMessageStartingWith("flags: expected [SYN, ACK] but was [SYN]");
        assertThatThrownBy(() -> assertThatPacket(PACKET).isUdp())
                .hasMessageStartingWith("protocol: expected 17 but was 6");
        assertThatThrownBy(() -> assertThatPacket(PACKET).hasPayload("x"))
                .hasMessageStartingWith("payload: expected \"x\" but was \"\"");
        assertThatThrownBy(() -> assertThatPacket(PACKET).hasSourcePortBetween(61000, 65535))
                .hasMessageStartingWith("source port: expected 61000 to 65535 but was 40000");
    }

    @Test
    void aDifferenceIsNamedFieldByField() {
        assertThatThrownBy(() -> assertThatPacket(PACKET).isIdenticalTo(to("10.96.0.10", 80)))
                .hasMessageContaining("destination: expected 10.96.0.10 but was 10.1.0.3")
                .hasMessageContaining("destination port: expected 80 but was 8080")
                .hasMessageContaining("TCP checksum: expected 0x")
                .message()
                .doesNotContain("source: expected");
        assertThatPacket(PACKET).isIdenticalTo(to("10.1.0.3", 8080));
    }

    @Test
    void aFieldThatIsNotThereIsSaid() {
        byte[] frame = PacketBuilder.ethernet().payload("no IP").toBytes();
        assertThatThrownBy(() -> PacketView.of(frame).source()).hasMessageStartingWith("the packet has no source");
        assertThatThrownBy(() -> assertThatPacket(frame).hasSource("10.0.0.1"))
                .hasMessageStartingWith("source: expected 10.0.0.1 but was absent");
    }

    @Test
    void wrongChecksumsAreSaid() {
        byte[] packet = PacketBuilder.ethernet()
                .ip("10.1.0.2", "10.1.0.3")
                .tcp(1, 2, tcp -> tcp.wrongChecksum())
                .toBytes();
        assertThatThrownBy(() -> assertThatPacket(packet).checksumsAreRight())
                .hasMessageStartingWith("TCP checksum is wrong by 0x");
    }

    private static byte[] to(String destination, int port) {
        return PacketBuilder.ethernet()
                .ip("10.1.0.2", destination)
                .tcp(40000, port, SYN)
                .toBytes();
    }
}
