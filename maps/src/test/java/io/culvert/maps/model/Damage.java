// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.ETHERNET;
import static io.culvert.maps.model.Bytes.IPV4_HEADER;
import static io.culvert.maps.model.Bytes.IPV6_HEADER;
import static io.culvert.maps.model.Bytes.put16;
import static io.culvert.maps.model.Bytes.u16;
import static io.culvert.maps.model.Bytes.u8;

import java.util.Arrays;
import java.util.Random;

/// What is done to packets: cut, longer than they say, lying about lengths, with wrong checksums and bytes.
final class Damage {

    private final Random random;

    Damage(Random random) {
        this.random = random;
    }

    /// The kernel runs no program on less than a network header.
    private static int shortest(byte[] frame) {
        return switch (u16(frame, 12)) {
            case PacketParser.IPV4 -> ETHERNET + IPV4_HEADER;
            case PacketParser.IPV6 -> ETHERNET + IPV6_HEADER;
            default -> ETHERNET;
        };
    }

    byte[] to(byte[] whole) {
        byte[] frame = whole.clone();
        for (int i = random.nextInt(4) == 0 ? 2 : 1; i > 0; i--) {
            frame = once(frame);
        }
        return frame.length < shortest(frame) ? whole : frame;
    }

    private byte[] once(byte[] frame) {
        int shortest = Math.min(shortest(frame), frame.length);
        boolean v4 = u16(frame, 12) == PacketParser.IPV4;
        int transport = Math.min(frame.length - 8, ETHERNET + (v4 ? 4 * (u8(frame, ETHERNET) & 15) : IPV6_HEADER));
        int value = random.nextInt(256);
        return switch (random.nextInt(12)) {
            case 0, 1 -> Arrays.copyOf(frame, random.nextInt(shortest, frame.length + 1));
            case 2 -> Arrays.copyOf(frame, frame.length + 1 + random.nextInt(40));
            case 3 -> set(frame, ETHERNET, value);
            case 4 -> set16(frame, ETHERNET + (v4 ? 2 : 4), length(frame));
            case 5 -> set(frame, transport + random.nextInt(4, 16), value);
            case 6 -> set(frame, random.nextInt(6), value);
            case 7 -> v4 ? set16(frame, ETHERNET + 6, fragment()) : frame;
            case 8 -> checksum(frame, transport);
            case 9 -> set(frame, ETHERNET + (v4 ? 9 : 6), random.nextInt(4) == 0 ? 51 : value);
            default -> bytes(frame);
        };
    }

    private byte[] bytes(byte[] frame) {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            set(frame, random.nextInt(ETHERNET - 2, frame.length), random.nextInt(256));
        }
        return frame;
    }

    private static byte[] set16(byte[] frame, int at, int value) {
        set(frame, at, value >>> 8);
        return set(frame, at + 1, value);
    }

    private static byte[] set(byte[] frame, int at, int value) {
        if (at >= 0 && at < frame.length) {
            frame[at] = (byte) value;
        }
        return frame;
    }

    /// Lengths that lie by a little or by much, and none.
    private int length(byte[] frame) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(0x10000);
            case 2 -> random.nextInt(70);
            default -> Math.max(0, frame.length - ETHERNET + random.nextInt(-30, 31));
        };
    }

    private int fragment() {
        return random.nextInt(3) == 0 ? random.nextInt(0x10000) : 0x2000;
    }

    /// The checksum fields of all protocols lie at one of these; none, and both forms of zero, are worth a try.
    private byte[] checksum(byte[] frame, int transport) {
        int[] places = {transport + 6, transport + 8, transport + 16, ETHERNET + 10};
        int at = places[random.nextInt(places.length)];
        if (at + 2 <= frame.length) {
            int[] values = {0, 0xffff, random.nextInt(0x10000), u16(frame, at) ^ 1};
            put16(frame, at, values[random.nextInt(values.length)]);
        }
        return frame;
    }
}
