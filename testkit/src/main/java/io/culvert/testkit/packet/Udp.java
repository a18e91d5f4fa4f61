// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A UDP header (RFC 768).
public final class Udp implements Layer {

    static final int NUMBER = 17;

    private final int sourcePort;
    private final int destinationPort;
    private int length = -1;
    private int checksumError;
    private boolean checksummed = true;

    Udp(int sourcePort, int destinationPort) {
        this.sourcePort = sourcePort;
        this.destinationPort = destinationPort;
    }

    /// Sends a checksum of zero, which says in IPv4 that there is none.
    public Udp withoutChecksum() {
        checksummed = false;
        return this;
    }

    /// A fault: the length that the header claims.
    public Udp length(int value) {
        length = value;
        return this;
    }

    /// A fault: a checksum that is not right.
    public Udp wrongChecksum() {
        checksumError = 0x5555;
        return this;
    }

    @Override
    public int number(@Nullable Ends ends) {
        return NUMBER;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + rest.length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) (length >= 0 ? length : 8 + rest.length))
                .putShort((short) 0)
                .put(rest);
        if (checksummed && ends != null) {
            int checksum = Checksum.transport(ends, NUMBER, datagram.array(), 0, datagram.capacity()) ^ checksumError;
            // A sum of zero is sent as its other form, because zero means none.
            datagram.putShort(6, (short) (checksum == 0 ? 0xffff : checksum));
        }
        return datagram.array();
    }
}
