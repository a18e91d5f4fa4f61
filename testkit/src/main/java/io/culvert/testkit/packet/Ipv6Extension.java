// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An IPv6 extension header (RFC 8200 section 4).
public final class Ipv6Extension implements Layer {

    static final int HOP_BY_HOP = 0;
    static final int ROUTING = 43;
    static final int FRAGMENT = 44;
    static final int DESTINATION_OPTIONS = 60;

    private final int number;
    private final byte[] body;
    private final int nextHeader;

    /// @param body what follows the next-header byte
    /// @param nextHeader what the header announces, or -1 for what follows it
    private Ipv6Extension(int number, byte[] body, int nextHeader) {
        this.number = number;
        this.body = body;
        this.nextHeader = nextHeader;
    }

    /// Hop-by-hop options that hold nothing but padding.
    ///
    /// @param words length beyond the first eight bytes, in units of eight bytes
    public static Ipv6Extension hopByHop(int words) {
        return padding(HOP_BY_HOP, words);
    }

    /// Destination options that hold nothing but padding.
    ///
    /// @param words length beyond the first eight bytes, in units of eight bytes
    public static Ipv6Extension destinationOptions(int words) {
        return padding(DESTINATION_OPTIONS, words);
    }

    /// A routing header without segments left, which routers and hosts skip.
    public static Ipv6Extension routing() {
        return new Ipv6Extension(ROUTING, new byte[7], -1);
    }

    /// @param offset in bytes, a multiple of 8
    public static Ipv6Extension fragment(int offset, boolean more, int id) {
        byte[] body = ByteBuffer.allocate(7)
                .put((byte) 0)
                .putShort((short) (offset | (more ? 1 : 0)))
                .putInt(id)
                .array();
        return new Ipv6Extension(FRAGMENT, body, -1);
    }

    /// The same header announcing something else than what follows: for later fragments.
    public Ipv6Extension announcing(int protocol) {
        return new Ipv6Extension(number, body, protocol);
    }

    static boolean isExtension(int protocol) {
        return switch (protocol) {
            case HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS -> true;
            default -> false;
        };
    }

    private static Ipv6Extension padding(int number, int words) {
        byte[] body = new byte[7 + 8 * words];
        body[0] = (byte) words;
        body[1] = 1; // PadN, whose length does not count its own two bytes
        body[2] = (byte) (body.length - 3);
        return new Ipv6Extension(number, body, -1);
    }

    @Override
    public int number(@Nullable Ends ends) {
        return number;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        return ByteBuffer.allocate(1 + body.length + rest.length)
                .put((byte) (nextHeader >= 0 ? nextHeader : restNumber))
                .put(body)
                .put(rest)
                .array();
    }
}
