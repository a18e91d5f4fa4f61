// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An IEEE 802.1Q tag that is in the bytes of the packet (not in skb metadata).
record Vlan(int id) implements Layer {

    static final int ETHER_TYPE = 0x8100;

    @Override
    public int number(@Nullable Ends ends) {
        return ETHER_TYPE;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        return ByteBuffer.allocate(4 + rest.length)
                .putShort((short) id)
                .putShort((short) restNumber)
                .put(rest)
                .array();
    }
}
