// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An SCTP common header and one chunk whose value is what follows (RFC 9260 section 3).
public final class Sctp implements Layer {

    static final int NUMBER = 132;

    private final int sourcePort;
    private final int destinationPort;
    private int verificationTag = 0x01020304;
    private int chunkType = 1;
    private int checksumError;

    Sctp(int sourcePort, int destinationPort) {
        this.sourcePort = sourcePort;
        this.destinationPort = destinationPort;
    }

    public Sctp verificationTag(int value) {
        verificationTag = value;
        return this;
    }

    /// 0 DATA, 1 INIT (the default), 2 INIT ACK, 6 ABORT and so on.
    public Sctp chunkType(int value) {
        chunkType = value;
        return this;
    }

    /// A fault: a checksum that is not right.
    public Sctp wrongChecksum() {
        checksumError = 0x55555555;
        return this;
    }

    @Override
    public int number(@Nullable Ends ends) {
        return NUMBER;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        int padded = (rest.length + 3) / 4 * 4;
        ByteBuffer packet = ByteBuffer.allocate(16 + padded)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(verificationTag)
                .putInt(0)
                .put((byte) chunkType)
                .put((byte) 0)
                .putShort((short) (4 + rest.length))
                .put(rest);
        int checksum = Checksum.sctp(packet.array(), 0, packet.capacity());
        return packet.putInt(8, checksum ^ checksumError).array();
    }
}
