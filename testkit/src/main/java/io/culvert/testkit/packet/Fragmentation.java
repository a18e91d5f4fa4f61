// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Splits a packet as a sender does (RFC 791 section 3.2, RFC 8200 section 4.5).
final class Fragmentation {

    private static final int IPV6_ID = 0x12345678;

    private Fragmentation() {}

    static List<List<Layer>> of(List<Layer> layers, int size) {
        if (size <= 0 || size % 8 != 0) {
            throw new IllegalArgumentException("a fragment holds a multiple of 8 bytes, not " + size);
        }
        int ip = IntStream.range(0, layers.size())
                .filter(i -> layers.get(i) instanceof Ipv4 || layers.get(i) instanceof Ipv6)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("only IP packets have fragments"));
        Encoding rest = Encoding.from(layers, ip + 1);
        List<List<Layer>> fragments = new ArrayList<>();
        for (int offset = 0; offset < rest.bytes().length; offset += size) {
            int end = Math.min(offset + size, rest.bytes().length);
            List<Layer> fragment = new ArrayList<>(layers.subList(0, ip));
            fragment.addAll(headers(layers.get(ip), offset, end < rest.bytes().length, rest.number()));
            fragment.add(new Payload(Arrays.copyOfRange(rest.bytes(), offset, end)));
            fragments.add(fragment);
        }
        return fragments;
    }

    private static List<Layer> headers(Layer ip, int offset, boolean more, int number) {
        return ip instanceof Ipv4 header
                ? List.of(header.ofFragment(offset, more, number))
                : List.of(ip, Ipv6Extension.fragment(offset, more, IPV6_ID).announcing(number));
    }
}
