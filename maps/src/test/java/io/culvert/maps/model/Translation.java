// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.ETHERNET;
import static io.culvert.maps.model.Bytes.put16;
import static io.culvert.maps.model.Bytes.u16;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// A packet with other ends. Each checksum is computed from all that it covers, before and after: one that was right is
/// right afterwards, one that was wrong is as wrong as it was.
final class Translation {

    private static final int ONES = 0xffff;

    private Translation() {}

    static byte[] of(byte[] frame, Packet packet, IpPort source, IpPort destination) {
        byte[] result = addresses(frame, source.address(), destination.address());
        put16(result, packet.transport(), source.port());
        put16(result, packet.transport() + 2, destination.port());
        switch (packet.protocol()) {
            case TCP -> internet(frame, result, packet, packet.transport() + 16);
            case UDP -> datagram(frame, result, packet, packet.transport() + 6);
            case SCTP -> crc(frame, result, packet, packet.transport() + 8);
        }
        return result;
    }

    /// All that changes in a later fragment: the checksum of the transport is in the first.
    static byte[] addresses(byte[] frame, IpAddress source, IpAddress destination) {
        byte[] result = frame.clone();
        boolean v4 = source.isV4();
        int addresses = ETHERNET + (v4 ? 12 : 8);
        Bytes.put(result, addresses, source);
        Bytes.put(result, addresses + (v4 ? 4 : 16), destination);
        if (v4) {
            int at = ETHERNET + 10;
            put16(result, at, asWrong(u16(frame, at), header(frame), header(result)));
        }
        return result;
    }

    /// The right checksum of an IPv4 header.
    private static int header(byte[] frame) {
        int length = 4 * (Bytes.u8(frame, ETHERNET) & 0xf);
        return right(frame, ETHERNET, ETHERNET + length, ETHERNET + 10, 0);
    }

    private static void internet(byte[] before, byte[] after, Packet packet, int at) {
        put16(after, at, asWrong(u16(before, at), transport(before, packet, at), transport(after, packet, at)));
    }

    /// Zero says that there is no checksum; a sum of zero is sent as its other form (RFC 768).
    private static void datagram(byte[] before, byte[] after, Packet packet, int at) {
        if (u16(before, at) != 0) {
            internet(before, after, packet, at);
            if (u16(after, at) == 0) {
                put16(after, at, ONES);
            }
        }
    }

    /// Puts a checksum right, or as wrong as it was.
    ///
    /// @param addresses where two addresses begin that it covers as well; 0: none
    static void repair(byte[] before, byte[] after, int at, int from, int to, boolean v4, int addresses) {
        int end = addresses + (v4 ? 8 : 32);
        int was = right(before, from, to, at, addresses == 0 ? 0 : Bytes.sum(before, addresses, end));
        int is = right(after, from, to, at, addresses == 0 ? 0 : Bytes.sum(after, addresses, end));
        put16(after, at, asWrong(u16(before, at), was, is));
    }

    /// The right checksum of a TCP segment or datagram.
    private static int transport(byte[] frame, Packet packet, int at) {
        int addresses = ETHERNET + (packet.v4() ? 12 : 8);
        int length = packet.stated() == 0 ? frame.length - packet.transport() : packet.stated();
        long pseudo = (long) Bytes.sum(frame, addresses, addresses + (packet.v4() ? 8 : 32))
                + packet.protocol().number()
                + (length >>> 16)
                + (length & ONES);
        return right(frame, packet.transport(), packet.transport() + length, at, pseudo);
    }

    /// The complement of the sum of a range but for the checksum in it, and of what is not in the packet.
    private static int right(byte[] frame, int from, int to, int checksum, long besides) {
        byte[] copy = frame.clone();
        put16(copy, checksum, 0);
        return ~Bytes.fold(besides + Bytes.sum(copy, from, to)) & ONES;
    }

    /// A checksum that differs from the right one by as much as before, in ones' complement.
    private static int asWrong(int stored, int rightBefore, int rightAfter) {
        if (stored == rightBefore) {
            return rightAfter;
        }
        int value = Bytes.fold((long) rightAfter + stored + (~rightBefore & ONES));
        // Of the two forms of zero this is the one that a sum by difference comes out as.
        return value == ONES ? 0 : value;
    }

    /// RFC 9260, appendix A. Zero: the checksum is yet to be made. Packets that state no length are checksummed later.
    private static void crc(byte[] before, byte[] after, Packet packet, int at) {
        int stored = Bytes.u32(before, at);
        if (stored != 0 && packet.stated() != 0) {
            Bytes.put32(after, at, stored ^ crc(before, packet, at) ^ crc(after, packet, at));
        }
    }

    private static int crc(byte[] frame, Packet packet, int at) {
        byte[] covered = Arrays.copyOf(frame, Math.max(frame.length, packet.transport() + packet.stated()));
        Bytes.put32(covered, at, 0);
        CRC32C crc = new CRC32C();
        crc.update(covered, packet.transport(), packet.stated());
        return Integer.reverseBytes((int) crc.getValue());
    }

    /// Whether two results are equal, where a checksum that was wrong may be zero in either of its forms.
    static boolean same(byte[] expected, byte[] actual) {
        if (Arrays.equals(expected, actual)) {
            return true;
        }
        byte[] copy = actual.clone();
        if (expected.length == actual.length) {
            acceptZero(expected, copy, ETHERNET + 10, u16(expected, 12) == PacketParser.IPV4);
            PacketParser.parse(expected)
                    .filter(packet -> packet.protocol() == Protocol.TCP)
                    .ifPresent(packet -> acceptZero(expected, copy, packet.transport() + 16, true));
        }
        PacketParser.icmp(expected).ifPresent(error -> {
            for (int at : new int[] {error.icmp() + 2, error.icmp() + 18, error.transport() + 16}) {
                acceptZero(expected, copy, at, at + 2 <= Math.min(expected.length, copy.length));
                acceptZero(copy, expected, at, at + 2 <= Math.min(expected.length, copy.length));
            }
        });
        return Arrays.equals(expected, copy);
    }

    private static void acceptZero(byte[] expected, byte[] actual, int at, boolean covered) {
        if (covered && u16(expected, at) == 0 && u16(actual, at) == ONES) {
            put16(actual, at, 0);
        }
    }
}
