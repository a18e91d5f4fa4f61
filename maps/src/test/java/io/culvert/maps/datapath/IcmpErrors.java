// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketBuilder.ethernet;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// ICMP errors of every kind that tell of a packet, with as little and as much of it as is usual.
final class IcmpErrors {

    private static final int ETHERNET = 14;
    private static final List<int[]> KINDS4 =
            List.of(new int[] {3, 3}, new int[] {3, 4}, new int[] {11, 0}, new int[] {12, 0});
    private static final List<int[]> KINDS6 =
            List.of(new int[] {1, 4}, new int[] {2, 0}, new int[] {3, 0}, new int[] {4, 0});

    /// @param type of the error
    /// @param bytes of the quoted transport header and what follows it; more than there is: all of it
    /// @param checksum whether quoted datagrams have one
    /// @param headers whether the quoted packet has options or an extension header
    record Quote(int type, int code, Protocol protocol, int bytes, boolean checksum, boolean headers) {

        /// To the sender of the quoted packet.
        byte[] error(IpAddress reporter, IpPort from, IpPort to) {
            return errorTo(from, reporter, from, to);
        }

        /// @param receiver of the error
        /// @param from the sender of the quoted packet
        byte[] errorTo(IpPort receiver, IpAddress reporter, IpPort from, IpPort to) {
            byte[] quoted = quoted(from, to);
            int network = (from.address().isV4() ? 20 : 40) + (headers ? 8 : 0);
            int length = Math.min(quoted.length, ETHERNET + network + bytes);
            return ethernet()
                    .ip(reporter, receiver.address())
                    .icmp(type, code)
                    .payload(Arrays.copyOfRange(quoted, ETHERNET, length))
                    .toBytes();
        }

        private byte[] quoted(IpPort from, IpPort to) {
            PacketBuilder ip = ethernet().ip(from.address(), to.address());
            if (headers) {
                String source = from.address().toString();
                String destination = to.address().toString();
                ip = from.address().isV4()
                        ? ethernet().ipv4(source, destination, header -> header.options(1, 1, 1, 1, 1, 1, 1, 1))
                        : ip.extension(Ipv6Extension.destinationOptions(0));
            }
            return transport(ip, protocol, from, to, checksum).toBytes();
        }
    }

    private static PacketBuilder transport(
            PacketBuilder ip, Protocol protocol, IpPort from, IpPort to, boolean checksum) {
        return switch (protocol) {
            case TCP -> ip.tcp(from.port(), to.port(), TcpFlag.ACK).payload("some data");
            case UDP ->
                ip.udp(from.port(), to.port(), udp -> checksum ? udp : udp.withoutChecksum())
                        .payload("some data");
            case SCTP -> ip.sctp(from.port(), to.port()).payload("some data");
        };
    }

    PacketBuilder packet(Protocol protocol, IpPort from, IpPort to) {
        return transport(ethernet().ip(from.address(), to.address()), protocol, from, to, true);
    }

    /// SCTP is quoted up to its checksum only, which cannot be put right without the packet.
    List<Quote> quotes(IpFamily family, Protocol protocol) {
        return (family == IpFamily.IPV4 ? KINDS4 : KINDS6)
                .stream()
                        .flatMap(kind -> Stream.of(false, true)
                                .flatMap(headers -> Stream.of(8, 20, 1000)
                                        .filter(bytes -> protocol != Protocol.SCTP || bytes == 8)
                                        .flatMap(bytes -> Stream.of(true, false)
                                                .map(checksum -> new Quote(
                                                        kind[0], kind[1], protocol, bytes, checksum, headers)))))
                        .toList();
    }

    int typeOffset(IpFamily family) {
        return ETHERNET + (family == IpFamily.IPV4 ? 20 : 40);
    }

    /// The bytes where ports would be are those of a connection.
    byte[] aboutLaterFragment(IpAddress reporter, IpPort from, IpPort to) {
        byte[] whole = packet(Protocol.UDP, from, to).toBytes();
        boolean v4 = from.address().isV4();
        byte[] transport = Arrays.copyOfRange(whole, ETHERNET + (v4 ? 20 : 40), whole.length);
        PacketBuilder fragment = v4
                ? ethernet()
                        .ipv4(
                                from.address().toString(),
                                to.address().toString(),
                                ip -> ip.fragment(1480, false).protocol(17))
                : ethernet()
                        .ip(from.address(), to.address())
                        .extension(Ipv6Extension.fragment(1448, false, 7).announcing(17));
        return ethernet()
                .ip(reporter, from.address())
                .icmp(v4 ? 11 : 3, 0)
                .embedding(fragment.payload(transport))
                .toBytes();
    }
}
