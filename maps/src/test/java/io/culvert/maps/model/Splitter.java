// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.ETHERNET;
import static io.culvert.maps.model.Bytes.IPV6_HEADER;
import static io.culvert.maps.model.Bytes.put16;
import static io.culvert.maps.model.Bytes.u16;
import static io.culvert.maps.model.Bytes.u8;

import java.util.List;
import java.util.Random;

/// Cuts packets into two fragments.
final class Splitter {

    private static final int FRAGMENT = 44;

    /// So few that datagrams are mixed up.
    private static final int IDS = 4;

    private final Random random;

    Splitter(Random random) {
        this.random = random;
    }

    /// The packet itself where it cannot be cut.
    List<byte[]> split(byte[] frame) {
        boolean v4 = u16(frame, 12) == PacketParser.IPV4;
        boolean v6 = u16(frame, 12) == PacketParser.IPV6;
        int at = v4 ? ETHERNET + 4 * (u8(frame, ETHERNET) & 0xf) : ETHERNET + IPV6_HEADER;
        int size = 8 * random.nextInt(1, 6);
        if ((!v4 && !v6) || at + size >= frame.length) {
            return List.of(frame);
        }
        int id = random.nextInt(IDS);
        byte[] first = new byte[at + size];
        System.arraycopy(frame, 0, first, 0, first.length);
        byte[] rest = new byte[frame.length - size];
        System.arraycopy(frame, 0, rest, 0, at);
        System.arraycopy(frame, at + size, rest, at, rest.length - at);
        return v4
                ? List.of(ipv4(first, at, id, 0x2000), ipv4(rest, at, id, size / 8))
                : List.of(ipv6(first, id, 1), ipv6(rest, id, size));
    }

    private static byte[] ipv4(byte[] frame, int end, int id, int fragment) {
        put16(frame, ETHERNET + 2, frame.length - ETHERNET);
        put16(frame, ETHERNET + 4, id);
        put16(frame, ETHERNET + 6, fragment);
        put16(frame, ETHERNET + 10, 0);
        put16(frame, ETHERNET + 10, ~Bytes.sum(frame, ETHERNET, end));
        return frame;
    }

    private static byte[] ipv6(byte[] frame, int id, int fragment) {
        byte[] result = new byte[frame.length + 8];
        int at = ETHERNET + IPV6_HEADER;
        System.arraycopy(frame, 0, result, 0, at);
        System.arraycopy(frame, at, result, at + 8, frame.length - at);
        result[at] = frame[ETHERNET + 6];
        result[ETHERNET + 6] = FRAGMENT;
        put16(result, at + 2, fragment);
        Bytes.put32(result, at + 4, id);
        put16(result, ETHERNET + 4, result.length - at);
        return result;
    }
}
