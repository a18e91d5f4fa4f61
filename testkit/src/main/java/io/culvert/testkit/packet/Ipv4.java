// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An IPv4 header (RFC 791).
public final class Ipv4 implements Layer {

    static final int ETHER_TYPE = 0x0800;

    private final Ends ends;
    private int ttl = 64;
    private int trafficClass;
    private int id = 0x1234;
    private int fragment = 0x4000;
    private byte[] options = new byte[0];
    private int protocol = -1;
    private int totalLength = -1;
    private int headerWords = -1;
    private int checksumError;

    Ipv4(IpAddress source, IpAddress destination) {
        if (!source.isV4() || !destination.isV4()) {
            throw new IllegalArgumentException("not two IPv4 addresses: " + source + ", " + destination);
        }
        this.ends = new Ends(source, destination);
    }

    public Ipv4 ttl(int value) {
        ttl = value;
        return this;
    }

    public Ipv4 trafficClass(int value) {
        trafficClass = value;
        return this;
    }

    public Ipv4 id(int value) {
        id = value;
        return this;
    }

    /// Off in a packet that may be fragmented; on by default.
    public Ipv4 dontFragment(boolean value) {
        fragment = value ? 0x4000 : 0;
        return this;
    }

    /// Makes this packet a fragment.
    ///
    /// @param offset in bytes, a multiple of 8
    public Ipv4 fragment(int offset, boolean more) {
        fragment = offset / 8 | (more ? 0x2000 : 0);
        return this;
    }

    /// @param bytes the options as they are sent; filled up to whole words with End of Options
    public Ipv4 options(int... bytes) {
        options = new byte[(bytes.length + 3) / 4 * 4];
        for (int i = 0; i < bytes.length; i++) {
            options[i] = (byte) bytes[i];
        }
        return this;
    }

    /// Announces something else than what follows: for later fragments, and as a fault.
    public Ipv4 protocol(int number) {
        protocol = number;
        return this;
    }

    /// A fault: the length that the header claims.
    public Ipv4 totalLength(int value) {
        totalLength = value;
        return this;
    }

    /// A fault: the header length that the header claims, in 32-bit words.
    public Ipv4 headerWords(int value) {
        headerWords = value;
        return this;
    }

    /// A fault: a checksum that is not right.
    public Ipv4 wrongChecksum() {
        checksumError = 0x5555;
        return this;
    }

    Ends ends() {
        return ends;
    }

    /// The header of one fragment of the packet that this header would begin.
    Ipv4 ofFragment(int offset, boolean more, int fragmentedProtocol) {
        return new Ipv4(ends.source(), ends.destination())
                .ttl(ttl)
                .trafficClass(trafficClass)
                .id(id)
                .fragment(offset, more)
                .protocol(fragmentedProtocol);
    }

    @Override
    public int number(@Nullable Ends outer) {
        return outer == null ? ETHER_TYPE : 4;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends outer) {
        int headerLength = 20 + options.length;
        int length = headerLength + rest.length;
        ByteBuffer packet = ByteBuffer.allocate(length)
                .put((byte) (0x40 | (headerWords >= 0 ? headerWords : headerLength / 4)))
                .put((byte) trafficClass)
                .putShort((short) (totalLength >= 0 ? totalLength : length))
                .putShort((short) id)
                .putShort((short) fragment)
                .put((byte) ttl)
                .put((byte) (protocol >= 0 ? protocol : restNumber))
                .putShort((short) 0)
                .put(v4Bytes(ends.source()))
                .put(v4Bytes(ends.destination()))
                .put(options)
                .put(rest);
        int checksum = Checksum.internet(packet.array(), 0, headerLength) ^ checksumError;
        return packet.putShort(10, (short) checksum).array();
    }

    private static byte[] v4Bytes(IpAddress address) {
        return Arrays.copyOfRange(address.toBytes(), 12, 16);
    }
}
