// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.ETHERNET;
import static io.culvert.maps.model.Bytes.IPV4_HEADER;
import static io.culvert.maps.model.Bytes.IPV6_HEADER;
import static io.culvert.maps.model.Bytes.fold;
import static io.culvert.maps.model.Bytes.put16;
import static io.culvert.maps.model.Bytes.put32;
import static io.culvert.maps.model.Bytes.sum;
import static io.culvert.maps.model.Bytes.u16;
import static io.culvert.maps.model.Bytes.u32;
import static io.culvert.maps.model.Bytes.u8;

import io.culvert.net.Protocol;
import java.util.Arrays;
import java.util.Optional;

/// The answer to a packet that nobody takes, turned round to its sender.
final class Refusal {

    private static final int QUOTE_MAX = 128;
    private static final int ICMP_HEADER = 8;
    private static final int TCP_HEADER = 20;
    private static final int RST = 4;
    private static final int ACK = 16;

    private Refusal() {}

    /// Empty where the headers are too long to be quoted.
    static Optional<byte[]> of(byte[] frame, Packet packet) {
        // A RST that is made of a fragment would be one, too.
        boolean reset = packet.protocol() == Protocol.TCP && packet.fragment().isEmpty();
        Optional<byte[]> answer = reset ? Optional.of(reset(frame, packet)) : unreachable(frame, packet);
        return answer.map(Refusal::turned);
    }

    /// The frame with its MAC addresses exchanged.
    static byte[] turned(byte[] frame) {
        byte[] turned = frame.clone();
        System.arraycopy(frame, 0, turned, 6, 6);
        System.arraycopy(frame, 6, turned, 0, 6);
        return turned;
    }

    /// RFC 9293, 3.10.7.1. The network header stays, with its options, and is told its new length.
    private static byte[] reset(byte[] frame, Packet packet) {
        int at = packet.transport();
        byte[] reset = Arrays.copyOf(frame, at + TCP_HEADER);
        exchangeAddresses(reset, packet);
        Arrays.fill(reset, at, at + TCP_HEADER, (byte) 0);
        put16(reset, at, u16(frame, at + 2));
        put16(reset, at + 2, u16(frame, at));
        boolean acknowledges = (u8(frame, at + 13) & ACK) != 0;
        if (acknowledges) {
            put32(reset, at + 4, u32(frame, at + 8));
        } else {
            put32(reset, at + 8, u32(frame, at + 4) + 1);
        }
        reset[at + 12] = (byte) (TCP_HEADER << 2);
        reset[at + 13] = (byte) (acknowledges ? RST : (RST | ACK));
        if (packet.v4()) {
            int before = 0xffff - fold(sumWithout(frame, ETHERNET, at, ETHERNET + 10));
            put16(reset, ETHERNET + 2, at + TCP_HEADER - ETHERNET);
            int after = 0xffff - fold(sumWithout(reset, ETHERNET, at, ETHERNET + 10));
            int stored = u16(frame, ETHERNET + 10);
            // A header checksum that was wrong is as wrong as it was.
            int checksum = stored == before ? after : fold((long) after + stored + (0xffff - before));
            put16(reset, ETHERNET + 10, checksum == 0xffff ? 0 : checksum);
        } else {
            put16(reset, ETHERNET + 4, at + TCP_HEADER - ETHERNET - IPV6_HEADER);
        }
        long pseudo = pseudo(packet, 6, TCP_HEADER);
        put16(reset, at + 16, ~fold(pseudo + sum(reset, at, at + TCP_HEADER)));
        return reset;
    }

    private static long sumWithout(byte[] frame, int from, int to, int checksum) {
        byte[] copy = frame.clone();
        put16(copy, checksum, 0);
        return sum(copy, from, to);
    }

    private static void exchangeAddresses(byte[] frame, Packet packet) {
        int at = ETHERNET + (packet.v4() ? 12 : 8);
        Bytes.put(frame, at, packet.destination().address());
        Bytes.put(frame, at + (packet.v4() ? 4 : 16), packet.source().address());
    }

    /// Both orders of the addresses add up the same.
    private static long pseudo(Packet packet, int protocol, int length) {
        byte[] addresses = new byte[32];
        Bytes.put(addresses, 0, packet.source().address());
        Bytes.put(addresses, 16, packet.destination().address());
        return (long) sum(addresses, 0, addresses.length) + protocol + (length >>> 16) + (length & 0xffff);
    }

    /// Port unreachable (RFC 792, RFC 4443), which quotes all headers and as much of the transport's as tells its
    /// socket.
    private static Optional<byte[]> unreachable(byte[] frame, Packet packet) {
        int quoted = packet.transport() - ETHERNET + (packet.protocol() == Protocol.SCTP ? 12 : 8);
        if (quoted > QUOTE_MAX) {
            return Optional.empty();
        }
        int header = packet.v4() ? IPV4_HEADER : IPV6_HEADER;
        int icmp = ETHERNET + header;
        byte[] message = new byte[icmp + ICMP_HEADER + quoted];
        System.arraycopy(frame, 0, message, 0, ETHERNET);
        System.arraycopy(frame, ETHERNET, message, icmp + ICMP_HEADER, quoted);
        if (packet.protocol() == Protocol.UDP) {
            settle(message, packet.transport() + header + ICMP_HEADER);
        }
        if (packet.v4()) {
            ipv4Header(message, packet);
            message[icmp] = 3;
            message[icmp + 1] = 3;
            put16(message, icmp + 2, ~sum(message, icmp, message.length));
        } else {
            ipv6Header(message, packet);
            message[icmp] = 1;
            message[icmp + 1] = 4;
            int length = message.length - icmp;
            put16(message, icmp + 2, ~fold(pseudo(packet, 58, length) + sum(message, icmp, message.length)));
        }
        return Optional.of(message);
    }

    private static void ipv4Header(byte[] message, Packet packet) {
        message[ETHERNET] = 0x45;
        put16(message, ETHERNET + 2, message.length - ETHERNET);
        put16(message, ETHERNET + 6, 0x4000);
        message[ETHERNET + 8] = 64;
        message[ETHERNET + 9] = 1;
        exchangeAddresses(message, packet);
        put16(message, ETHERNET + 10, ~sum(message, ETHERNET, ETHERNET + IPV4_HEADER));
    }

    private static void ipv6Header(byte[] message, Packet packet) {
        message[ETHERNET] = 0x60;
        put16(message, ETHERNET + 4, message.length - ETHERNET - IPV6_HEADER);
        message[ETHERNET + 6] = 58;
        message[ETHERNET + 7] = 64;
        exchangeAddresses(message, packet);
    }

    /// The checksum of a quoted datagram is one that finishing it does not change: of ports, length and twice itself
    /// the sum is zero.
    private static void settle(byte[] message, int datagram) {
        int rest = 0xffff - sum(message, datagram, datagram + 6);
        put16(message, datagram + 6, (rest % 2 == 0 ? rest : rest + 0xffff) / 2);
    }
}
