// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.net.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A connection of any protocol, the same in both directions: the key of `policy_flows`. An echo has its id as both
/// ports, what has no ports 0.
///
/// @param low the end whose address is the smaller number, or of equal addresses whose port is
/// @param high the other one
/// @param protocol number of IANA
public record ConnectionKey(IpPort low, IpPort high, int protocol) {

    /// `struct flow_key`
    public static final Codec<ConnectionKey> CODEC = new ConnectionKeyCodec();

    /// The key of two ends, in either order.
    public static ConnectionKey between(int protocol, IpPort one, IpPort other) {
        FlowKey ordered = FlowKey.between(Protocol.TCP, one, other);
        return new ConnectionKey(ordered.low(), ordered.high(), protocol);
    }

    /// For example `protocol 1 10.1.0.2:7 - 10.1.0.3:7`.
    @Override
    public String toString() {
        return Protocol.ofNumber(protocol).map(Protocol::name).orElse("protocol " + protocol) + " " + low + " - "
                + high;
    }

    private static final class ConnectionKeyCodec implements Codec<ConnectionKey> {

        private static final long LOW = CTypes.offset(FlowKey.LAYOUT, "low");
        private static final long HIGH = CTypes.offset(FlowKey.LAYOUT, "high");
        private static final VarHandle LOW_PORT = CTypes.member(FlowKey.LAYOUT, "low_port");
        private static final VarHandle HIGH_PORT = CTypes.member(FlowKey.LAYOUT, "high_port");
        private static final VarHandle PROTOCOL = CTypes.member(FlowKey.LAYOUT, "protocol");

        @Override
        public StructLayout layout() {
            return FlowKey.LAYOUT;
        }

        @Override
        public ConnectionKey read(MemorySegment memory, long offset) {
            return new ConnectionKey(
                    end(memory, offset + LOW, (short) LOW_PORT.get(memory, offset)),
                    end(memory, offset + HIGH, (short) HIGH_PORT.get(memory, offset)),
                    Byte.toUnsignedInt((byte) PROTOCOL.get(memory, offset)));
        }

        private static IpPort end(MemorySegment memory, long address, short port) {
            return new IpPort(CTypes.readIp(memory, address), Short.toUnsignedInt(port));
        }

        @Override
        public void write(MemorySegment memory, long offset, ConnectionKey key) {
            CTypes.clear(memory, offset, FlowKey.LAYOUT);
            CTypes.writeIp(memory, offset + LOW, key.low.address());
            CTypes.writeIp(memory, offset + HIGH, key.high.address());
            LOW_PORT.set(memory, offset, (short) key.low.port());
            HIGH_PORT.set(memory, offset, (short) key.high.port());
            PROTOCOL.set(memory, offset, (byte) key.protocol);
        }
    }
}
