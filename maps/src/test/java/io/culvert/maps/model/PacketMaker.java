// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.testkit.packet.PacketBuilder.ethernet;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Whole packets of all shapes between two ends.
final class PacketMaker {

    private static final TcpFlag[][] FLAGS = {
        {TcpFlag.SYN},
        {TcpFlag.SYN},
        {TcpFlag.SYN},
        {TcpFlag.ACK},
        {TcpFlag.ACK},
        {TcpFlag.SYN, TcpFlag.ACK},
        {TcpFlag.SYN, TcpFlag.ACK},
        {TcpFlag.FIN, TcpFlag.ACK},
        {TcpFlag.FIN, TcpFlag.ACK},
        {TcpFlag.RST},
        {TcpFlag.RST, TcpFlag.ACK},
        {TcpFlag.FIN},
        {TcpFlag.SYN, TcpFlag.FIN},
        {TcpFlag.SYN, TcpFlag.RST},
        {}
    };

    private final Random random;

    PacketMaker(Random random) {
        this.random = random;
    }

    /// A packet, or now and then one of the fragments of one; the next ones may be the rest of them.
    byte[] packet(Protocol protocol, IpPort source, IpPort destination) {
        PacketBuilder ip = network(source, destination);
        int odd = random.nextInt(100);
        if (odd == 0) {
            return ip.icmp(8, 0).payload("echo").toBytes();
        }
        if (odd == 1) {
            return ethernet()
                    .vlan(5)
                    .ip(source.address(), destination.address())
                    .udp(source.port(), destination.port())
                    .toBytes();
        }
        byte[] payload = new byte[random.nextInt(20) == 0 ? random.nextInt(1400) : random.nextInt(24)];
        random.nextBytes(payload);
        return transport(ip, protocol, source.port(), destination.port())
                .payload(payload)
                .toBytes();
    }

    /// An ICMP error for the sender of a packet, which it quotes up to some byte.
    byte[] error(IpAddress source, Protocol protocol, IpPort from, IpPort to) {
        byte[] quoted = packet(protocol, from, to);
        int length = Math.min(quoted.length, Bytes.ETHERNET + random.nextInt(20, 160));
        boolean v4 = from.address().isV4();
        int type = v4 ? new int[] {3, 11, 12, 5}[random.nextInt(4)] : random.nextInt(1, 6);
        return ethernet()
                .ip(source, from.address())
                .icmp(type, random.nextInt(5))
                .payload(Arrays.copyOfRange(quoted, Bytes.ETHERNET, length))
                .toBytes();
    }

    private PacketBuilder transport(PacketBuilder ip, Protocol protocol, int from, int to) {
        return switch (protocol) {
            case TCP -> {
                TcpFlag[] flags = FLAGS[random.nextInt(FLAGS.length)];
                int sequence = number();
                int acknowledged = number() + random.nextInt(3);
                boolean options = random.nextInt(4) == 0;
                yield ip.tcp(from, to, tcp -> {
                    tcp.flags(flags).sequence(sequence).acknowledgement(acknowledged);
                    return options ? tcp.maximumSegmentSize(1400).timestamps(1, 2) : tcp;
                });
            }
            case UDP -> {
                boolean summed = random.nextInt(8) != 0;
                yield ip.udp(from, to, udp -> summed ? udp : udp.withoutChecksum());
            }
            case SCTP -> {
                int chunk = random.nextInt(3) == 0 ? 1 : random.nextInt(16);
                yield ip.sctp(from, to, sctp -> sctp.chunkType(chunk));
            }
        };
    }

    /// Of few, so that one side's is often the other's; the last of its upper half among them.
    private int number() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextInt(1 << 16);
            default -> ((0xfffd + random.nextInt(2)) << 16) + (random.nextInt(8) == 0 ? 0xffff : 7);
        };
    }

    private PacketBuilder network(IpPort source, IpPort destination) {
        PacketBuilder ip = ethernet().ip(source.address(), destination.address());
        if (random.nextInt(8) != 0) {
            return ip;
        }
        if (source.address().isV4()) {
            int words = random.nextInt(1, 11);
            return ethernet()
                    .ipv4(
                            source.address().toString(),
                            destination.address().toString(),
                            header -> header.options(new int[4 * words]));
        }
        for (Ipv6Extension extension : extensions()) {
            ip = ip.extension(extension);
        }
        return ip;
    }

    /// Up to seven, two more than are walked through.
    private List<Ipv6Extension> extensions() {
        List<Ipv6Extension> extensions = new ArrayList<>();
        for (int i = random.nextInt(2) == 0 ? 1 : random.nextInt(1, 8); i > 0; i--) {
            extensions.add(
                    switch (random.nextInt(8)) {
                        case 0 -> Ipv6Extension.routing();
                        case 1 -> Ipv6Extension.fragment(0, false, 7);
                        case 2 -> Ipv6Extension.fragment(0, true, 7);
                        case 3, 4 -> Ipv6Extension.destinationOptions(random.nextInt(3));
                        case 5 -> Ipv6Extension.hopByHop(random.nextInt(12));
                        default -> Ipv6Extension.hopByHop(0);
                    });
        }
        return extensions;
    }
}
