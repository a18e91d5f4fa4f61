// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.net.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A 5-tuple as seen on one side of a translation, its two ends in an order that does not depend on direction: the
/// key of `flows`.
///
/// @param low the lesser end: by address as 16 bytes, then by port
public record FlowKey(Protocol protocol, IpPort low, IpPort high) {

    static final StructLayout LAYOUT = CTypes.struct(
            "flow_key",
            CTypes.IP.withName("low"),
            CTypes.IP.withName("high"),
            CTypes.BE16.withName("low_port"),
            CTypes.BE16.withName("high_port"),
            CTypes.U8.withName("protocol"),
            CTypes.pad(3));

    /// `struct flow_key`
    public static final Codec<FlowKey> CODEC = new FlowKeyCodec();

    /// The key of the flow between two ends, in whichever order they are given.
    public static FlowKey between(Protocol protocol, IpPort one, IpPort other) {
        int order = one.address().compareTo(other.address());
        boolean sorted = order != 0 ? order < 0 : one.port() <= other.port();
        return sorted ? new FlowKey(protocol, one, other) : new FlowKey(protocol, other, one);
    }

    /// For example `TCP 10.1.0.2:40000 <> 10.96.0.10:80`.
    @Override
    public String toString() {
        return protocol + " " + low + " <> " + high;
    }

    private static final class FlowKeyCodec implements Codec<FlowKey> {

        private static final long LOW = CTypes.offset(LAYOUT, "low");
        private static final long HIGH = CTypes.offset(LAYOUT, "high");
        private static final VarHandle LOW_PORT = CTypes.member(LAYOUT, "low_port");
        private static final VarHandle HIGH_PORT = CTypes.member(LAYOUT, "high_port");
        private static final VarHandle PROTOCOL = CTypes.member(LAYOUT, "protocol");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public FlowKey read(MemorySegment memory, long offset) {
            int number = Byte.toUnsignedInt((byte) PROTOCOL.get(memory, offset));
            return new FlowKey(
                    Protocol.ofNumber(number)
                            .orElseThrow(() -> new CorruptRecordException("flow_key.protocol: " + number)),
                    new IpPort(CTypes.readIp(memory, offset + LOW), Short.toUnsignedInt((short)
                            LOW_PORT.get(memory, offset))),
                    new IpPort(CTypes.readIp(memory, offset + HIGH), Short.toUnsignedInt((short)
                            HIGH_PORT.get(memory, offset))));
        }

        @Override
        public void write(MemorySegment memory, long offset, FlowKey key) {
            CTypes.clear(memory, offset, LAYOUT);
            CTypes.writeIp(memory, offset + LOW, key.low.address());
            CTypes.writeIp(memory, offset + HIGH, key.high.address());
            LOW_PORT.set(memory, offset, (short) key.low.port());
            HIGH_PORT.set(memory, offset, (short) key.high.port());
            PROTOCOL.set(memory, offset, (byte) key.protocol.number());
        }
    }
}
