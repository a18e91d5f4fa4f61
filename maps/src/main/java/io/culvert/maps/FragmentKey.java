// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A fragmented packet: the key of `fragments`.
///
/// @param source as in the packet where the fragment was seen
/// @param destination likewise
/// @param id identification; IPv4 has 16 bits
/// @param protocol number of IANA; 0 for IPv6, whose later fragments need not state it
public record FragmentKey(IpAddress source, IpAddress destination, int id, int protocol) {

    static final StructLayout LAYOUT = CTypes.struct(
            "fragment_key",
            CTypes.IP.withName("source"),
            CTypes.IP.withName("destination"),
            CTypes.U32.withName("id"),
            CTypes.U8.withName("protocol"),
            CTypes.pad(3));

    /// `struct fragment_key`
    public static final Codec<FragmentKey> CODEC = new FragmentKeyCodec();

    /// For example `protocol 17 10.1.0.2 -> 10.96.0.10 id 4711`.
    @Override
    public String toString() {
        return "protocol " + protocol + " " + source + " -> " + destination + " id " + Integer.toUnsignedString(id);
    }

    private static final class FragmentKeyCodec implements Codec<FragmentKey> {

        private static final long SOURCE = CTypes.offset(LAYOUT, "source");
        private static final long DESTINATION = CTypes.offset(LAYOUT, "destination");
        private static final VarHandle ID = CTypes.member(LAYOUT, "id");
        private static final VarHandle PROTOCOL = CTypes.member(LAYOUT, "protocol");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public FragmentKey read(MemorySegment memory, long offset) {
            return new FragmentKey(
                    CTypes.readIp(memory, offset + SOURCE),
                    CTypes.readIp(memory, offset + DESTINATION),
                    (int) ID.get(memory, offset),
                    Byte.toUnsignedInt((byte) PROTOCOL.get(memory, offset)));
        }

        @Override
        public void write(MemorySegment memory, long offset, FragmentKey key) {
            CTypes.clear(memory, offset, LAYOUT);
            CTypes.writeIp(memory, offset + SOURCE, key.source);
            CTypes.writeIp(memory, offset + DESTINATION, key.destination);
            ID.set(memory, offset, key.id);
            PROTOCOL.set(memory, offset, (byte) key.protocol);
        }
    }
}
