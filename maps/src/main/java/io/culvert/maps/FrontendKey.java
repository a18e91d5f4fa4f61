// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.util.Comparator;

/// Where clients connect to: the key of `frontends`.
///
/// @param address of the Service; of a node port the wildcard of its family
/// @param port 0 to 65535
public record FrontendKey(IpAddress address, int port, Protocol protocol) implements Comparable<FrontendKey> {

    static final StructLayout LAYOUT = CTypes.struct(
            "frontend_key",
            CTypes.IP.withName("address"),
            CTypes.BE16.withName("port"),
            CTypes.U8.withName("protocol"),
            CTypes.pad(1));

    /// `struct frontend_key`
    public static final Codec<FrontendKey> CODEC = new FrontendKeyCodec();

    private static final Comparator<FrontendKey> ORDER = Comparator.comparing(FrontendKey::address)
            .thenComparingInt(FrontendKey::port)
            .thenComparing(FrontendKey::protocol);

    public FrontendKey {
        IpPort.requirePort(port);
    }

    /// The key of a node port: its address is the wildcard of the family, `0.0.0.0` (as `::ffff:0.0.0.0`) or `::`.
    public static FrontendKey nodePort(IpFamily family, int port, Protocol protocol) {
        IpAddress wildcard = switch (family) {
            case IPV4 -> IpAddress.ofV4(0);
            case IPV6 -> IpAddress.UNSPECIFIED;
        };
        return new FrontendKey(wildcard, port, protocol);
    }

    @Override
    public int compareTo(FrontendKey other) {
        return ORDER.compare(this, other);
    }

    /// For example `TCP 10.96.0.10:80`.
    @Override
    public String toString() {
        return protocol + " " + new IpPort(address, port);
    }

    private static final class FrontendKeyCodec implements Codec<FrontendKey> {

        private static final long ADDRESS = CTypes.offset(LAYOUT, "address");
        private static final VarHandle PORT = CTypes.member(LAYOUT, "port");
        private static final VarHandle PROTOCOL = CTypes.member(LAYOUT, "protocol");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public FrontendKey read(MemorySegment memory, long offset) {
            int number = Byte.toUnsignedInt((byte) PROTOCOL.get(memory, offset));
            return new FrontendKey(
                    CTypes.readIp(memory, offset + ADDRESS),
                    Short.toUnsignedInt((short) PORT.get(memory, offset)),
                    Protocol.ofNumber(number)
                            .orElseThrow(() -> new CorruptRecordException("frontend_key.protocol: " + number)));
        }

        @Override
        public void write(MemorySegment memory, long offset, FrontendKey key) {
            CTypes.clear(memory, offset, LAYOUT);
            CTypes.writeIp(memory, offset + ADDRESS, key.address);
            PORT.set(memory, offset, (short) key.port);
            PROTOCOL.set(memory, offset, (byte) key.protocol.number());
        }
    }
}
