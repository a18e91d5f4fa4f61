// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bytes of some layers and the number by which a header before them announces them.
final class Encoding {

    private final byte[] bytes;
    private final int number;

    private Encoding(byte[] bytes, int number) {
        this.bytes = bytes;
        this.number = number;
    }

    byte[] bytes() {
        return bytes;
    }

    int number() {
        return number;
    }

    static byte[] bytes(List<Layer> layers) {
        return from(layers, 0).bytes();
    }

    /// The layers from index `first` on, encoded from the innermost outwards because lengths and checksums cover what
    /// follows.
    static Encoding from(List<Layer> layers, int first) {
        Encoding rest = new Encoding(new byte[0], Payload.NUMBER);
        for (int i = layers.size() - 1; i >= first; i--) {
            Layer layer = layers.get(i);
            Layer.@Nullable Ends ends = endsBefore(layers, i);
            byte[] bytes = layer.encode(rest.bytes(), rest.number(), ends);
            rest = new Encoding(bytes, i == 0 ? Payload.NUMBER : layer.number(ends));
        }
        return rest;
    }

    private static Layer.@Nullable Ends endsBefore(List<Layer> layers, int index) {
        for (int i = index - 1; i >= 0; i--) {
            if (layers.get(i) instanceof Ipv4 ip) {
                return ip.ends();
            }
            if (layers.get(i) instanceof Ipv6 ip) {
                return ip.ends();
            }
        }
        return null;
    }
}
