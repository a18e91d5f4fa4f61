// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An IPv6 header (RFC 8200); extension headers are layers of their own.
public final class Ipv6 implements Layer {

    static final int ETHER_TYPE = 0x86dd;

    private final Ends ends;
    private int hopLimit = 64;
    private int trafficClass;
    private int flowLabel;
    private int nextHeader = -1;
    private int payloadLength = -1;

    Ipv6(IpAddress source, IpAddress destination) {
        if (source.isV4() || destination.isV4()) {
            throw new IllegalArgumentException("not two IPv6 addresses: " + source + ", " + destination);
        }
        this.ends = new Ends(source, destination);
    }

    public Ipv6 hopLimit(int value) {
        hopLimit = value;
        return this;
    }

    public Ipv6 trafficClass(int value) {
        trafficClass = value;
        return this;
    }

    public Ipv6 flowLabel(int value) {
        flowLabel = value;
        return this;
    }

    /// Announces something else than what follows.
    public Ipv6 nextHeader(int number) {
        nextHeader = number;
        return this;
    }

    /// A fault: the length that the header claims for what follows it.
    public Ipv6 payloadLength(int value) {
        payloadLength = value;
        return this;
    }

    Ends ends() {
        return ends;
    }

    @Override
    public int number(@Nullable Ends outer) {
        return outer == null ? ETHER_TYPE : 41;
    }

    @Override
    public byte[] encode(byte[] rest, int restNumber, @Nullable Ends outer) {
        return ByteBuffer.allocate(40 + rest.length)
                .putInt(6 << 28 | trafficClass << 20 | flowLabel)
                .putShort((short) (payloadLength >= 0 ? payloadLength : rest.length))
                .put((byte) (nextHeader >= 0 ? nextHeader : restNumber))
                .put((byte) hopLimit)
                .put(ends.source().toBytes())
                .put(ends.destination().toBytes())
                .put(rest)
                .array();
    }
}
