// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// An Ethernet II header.
public final class Ethernet implements Layer {

    private static final HexFormat MAC = HexFormat.ofDelimiter(":");

    private byte[] destination = MAC.parseHex("02:00:00:00:00:02");
    private byte[] source = MAC.parseHex("02:00:00:00:00:01");
    private int etherType = -1;

    Ethernet() {}

    /// @param mac six bytes as `02:00:00:00:00:01`
    public Ethernet source(String mac) {
        source = MAC.parseHex(mac);
        return this;
    }

    /// @param mac six bytes as `02:00:00:00:00:02`
    public Ethernet destination(String mac) {
        destination = MAC.parseHex(mac);
        return this;
    }

    /// Announces something else than what follows.
    public Ethernet etherType(int value) {
        etherType = value;
        return this;
    }

    static String format(byte[] mac) {
        return MAC.formatHex(mac);
    }

    @Override
    public int number(@Nullable Ends ends) {
        throw new IllegalStateException("an Ethernet header comes first");
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        return ByteBuffer.allocate(14 + rest.length)
                .put(destination)
                .put(source)
                .putShort((short) (etherType >= 0 ? etherType : restNumber))
                .put(rest)
                .array();
    }
}
