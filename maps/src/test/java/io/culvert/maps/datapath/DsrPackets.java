// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Packets of a client, and the same ones in the outer header in which one node hands them to another.
///
/// @param geneve else IPIP
/// @param vip the address that the client dials
/// @param here this node
/// @param other another node
record DsrPackets(
        IpFamily family,
        boolean geneve,
        String client,
        String vip,
        int port,
        String here,
        String other,
        String backend) {

    static final int ETHERNET = 14;
    static final int CLIENT_PORT = 40000;

    PacketBuilder fromClient() {
        return ethernet().ip(client, vip);
    }

    byte[] tcp(TcpFlag... flags) {
        return fromClient().tcp(CLIENT_PORT, port, flags).payload("some data").toBytes();
    }

    byte[] udp(int bytes) {
        return fromClient().udp(CLIENT_PORT, port).payload(new byte[bytes]).toBytes();
    }

    int headers() {
        return (family == IpFamily.IPV4 ? 20 : 40) + (geneve ? 24 : 0);
    }

    /// The same packet as another node would hand it to this one.
    byte[] handed(String from, String to, byte[] packet, byte... option) {
        byte[] inner = Arrays.copyOfRange(packet, ETHERNET, packet.length);
        int inside = family == IpFamily.IPV4 ? 4 : 41;
        if (!geneve) {
            return carrying(from, to, inside, inner);
        }
        ByteBuffer payload = ByteBuffer.allocate(16 + inner.length)
                .put((byte) 2)
                .put((byte) 0x40)
                .putShort((short) (family == IpFamily.IPV4 ? 0x0800 : 0x86dd))
                .putInt(0)
                .put(
                        option.length == 0
                                ? new byte[] {(byte) 0xff, 0x43, (byte) 0x81, 1, 0x1f, (byte) 0x90, 0, 0}
                                : option)
                .put(inner);
        return ethernet()
                .ip(from, to)
                .udp(50000, 6081, header -> header.withoutChecksum())
                .payload(payload.array())
                .toBytes();
    }

    /// @param protocol in the IP header, whatever the payload is
    byte[] carrying(String from, String to, int protocol, byte[] payload) {
        PacketBuilder ip = family == IpFamily.IPV4
                ? ethernet().ipv4(from, to, header -> header.protocol(protocol))
                : ethernet().ipv6(from, to, header -> header.nextHeader(protocol));
        return ip.payload(payload).toBytes();
    }

    byte[] handed(byte[] packet) {
        return handed(other, backend, packet);
    }

    void isHandedOn(byte[] packet, byte[] result) {
        assertThat(result).hasSize(packet.length + headers());
        assertThat(Arrays.copyOfRange(result, ETHERNET + headers(), result.length))
                .as("the packet itself")
                .isEqualTo(Arrays.copyOfRange(packet, ETHERNET, packet.length));
        byte[] expected = handed(here, backend, packet);
        ByteBuffer outer = ByteBuffer.wrap(result);
        if (family == IpFamily.IPV4) {
            assertThat(outer.getShort(ETHERNET + 6)).as("don't fragment").isEqualTo((short) 0x4000);
            assertThat(sum(result, ETHERNET, 20))
                    .as("checksum of the outer header")
                    .isEqualTo(0xffff);
            System.arraycopy(expected, ETHERNET + 4, result, ETHERNET + 4, 4);
            System.arraycopy(expected, ETHERNET + 10, result, ETHERNET + 10, 2);
        }
        int ip = family == IpFamily.IPV4 ? 20 : 40;
        if (geneve) {
            assertThat(outer.getShort(ETHERNET + ip) & 0xc000).as("source port").isEqualTo(0xc000);
            System.arraycopy(expected, ETHERNET + ip, result, ETHERNET + ip, 2);
        }
        assertThat(result).isEqualTo(expected);
    }

    private static int sum(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = from; i < from + length; i += 2) {
            sum += ((bytes[i] & 0xff) << 8) + (bytes[i + 1] & 0xff);
        }
        return (sum & 0xffff) + (sum >>> 16);
    }
}
