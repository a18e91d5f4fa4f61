// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A TCP header (RFC 9293).
public final class Tcp implements Layer {

    static final int NUMBER = 6;

    private final int sourcePort;
    private final int destinationPort;
    private final ByteArrayOutputStream options = new ByteArrayOutputStream();
    private int flags;
    private int sequence = 1000;
    private int acknowledgement;
    private int window = 0xffff;
    private int headerWords = -1;
    private int checksumError;

    Tcp(int sourcePort, int destinationPort) {
        this.sourcePort = sourcePort;
        this.destinationPort = destinationPort;
    }

    /// Adds flags.
    public Tcp flags(TcpFlag... added) {
        for (TcpFlag flag : added) {
            flags |= flag.bit();
        }
        return this;
    }

    public Tcp sequence(int value) {
        sequence = value;
        return this;
    }

    public Tcp acknowledgement(int value) {
        acknowledgement = value;
        return this;
    }

    public Tcp window(int value) {
        window = value;
        return this;
    }

    public Tcp maximumSegmentSize(int value) {
        return option(2, 4, value >>> 8, value & 0xff);
    }

    public Tcp windowScale(int shift) {
        return option(3, 3, shift);
    }

    public Tcp timestamps(int value, int echo) {
        byte[] times = ByteBuffer.allocate(8).putInt(value).putInt(echo).array();
        option(8, 10);
        options.writeBytes(times);
        return this;
    }

    /// Adds an option as it is sent, kind and length included; the header is filled up to whole words.
    public Tcp option(int... bytes) {
        for (int value : bytes) {
            options.write(value);
        }
        return this;
    }

    /// A fault: the header length that the header claims, in 32-bit words.
    public Tcp headerWords(int value) {
        headerWords = value;
        return this;
    }

    /// A fault: a checksum that is not right.
    public Tcp wrongChecksum() {
        checksumError = 0x5555;
        return this;
    }

    @Override
    public int number(@Nullable Ends ends) {
        return NUMBER;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        int words = 5 + (options.size() + 3) / 4;
        ByteBuffer segment = ByteBuffer.allocate(4 * words + rest.length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(sequence)
                .putInt(acknowledgement)
                .put((byte) ((headerWords >= 0 ? headerWords : words) << 4))
                .put((byte) flags)
                .putShort((short) window)
                .putInt(0)
                .put(options.toByteArray())
                .position(4 * words)
                .put(rest);
        if (ends != null) {
            int checksum = Checksum.transport(ends, NUMBER, segment.array(), 0, segment.capacity());
            segment.putShort(16, (short) (checksum ^ checksumError));
        }
        return segment.array();
    }
}
