// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An ICMP (RFC 792) or ICMPv6 (RFC 4443) header; which one depends on the IP header before it.
public final class Icmp implements Layer {

    static final int V4_NUMBER = 1;
    static final int V6_NUMBER = 58;

    private final int type;
    private final int code;
    private int word;
    private int checksumError;

    Icmp(int type, int code) {
        this.type = type;
        this.code = code;
    }

    /// The second word of the header: identifier and sequence of an echo, the MTU of "too big".
    public Icmp word(int value) {
        word = value;
        return this;
    }

    /// A fault: a checksum that is not right.
    public Icmp wrongChecksum() {
        checksumError = 0x5555;
        return this;
    }

    static boolean isError(int protocol, int type) {
        return protocol == V4_NUMBER ? type == 3 || type == 4 || type == 5 || type == 11 || type == 12 : type < 128;
    }

    @Override
    public int number(@Nullable Ends ends) {
        return ends == null || ends.source().isV4() ? V4_NUMBER : V6_NUMBER;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        ByteBuffer message = ByteBuffer.allocate(8 + rest.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(word)
                .put(rest);
        byte[] bytes = message.array();
        int checksum = ends == null || ends.source().isV4()
                ? Checksum.internet(bytes, 0, bytes.length)
                : Checksum.transport(ends, V6_NUMBER, bytes, 0, bytes.length);
        return message.putShort(2, (short) (checksum ^ checksumError)).array();
    }
}
