// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Ports of a fragmented packet that is translated: the value of `fragments`.
///
/// @param sourcePort as in the packet where the fragment was seen
/// @param destinationPort likewise
/// @param protocol number of IANA
/// @param seen nanoseconds of CLOCK_MONOTONIC, of the first fragment
public record Fragment(int sourcePort, int destinationPort, int protocol, long seen) {

    static final StructLayout LAYOUT = CTypes.struct(
            "fragment",
            CTypes.BE16.withName("source_port"),
            CTypes.BE16.withName("destination_port"),
            CTypes.U8.withName("protocol"),
            CTypes.pad(3),
            CTypes.U64.withName("seen"));

    /// `struct fragment`
    public static final Codec<Fragment> CODEC = new FragmentCodec();

    /// For example `protocol 17 ports 40000 -> 53, seen at 1234567890`.
    @Override
    public String toString() {
        return "protocol " + protocol + " ports " + sourcePort + " -> " + destinationPort + ", seen at "
                + Long.toUnsignedString(seen);
    }

    private static final class FragmentCodec implements Codec<Fragment> {

        private static final VarHandle SOURCE_PORT = CTypes.member(LAYOUT, "source_port");
        private static final VarHandle DESTINATION_PORT = CTypes.member(LAYOUT, "destination_port");
        private static final VarHandle PROTOCOL = CTypes.member(LAYOUT, "protocol");
        private static final VarHandle SEEN = CTypes.member(LAYOUT, "seen");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Fragment read(MemorySegment memory, long offset) {
            return new Fragment(
                    Short.toUnsignedInt((short) SOURCE_PORT.get(memory, offset)),
                    Short.toUnsignedInt((short) DESTINATION_PORT.get(memory, offset)),
                    Byte.toUnsignedInt((byte) PROTOCOL.get(memory, offset)),
                    (long) SEEN.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, Fragment fragment) {
            CTypes.clear(memory, offset, LAYOUT);
            SOURCE_PORT.set(memory, offset, (short) fragment.sourcePort);
            DESTINATION_PORT.set(memory, offset, (short) fragment.destinationPort);
            PROTOCOL.set(memory, offset, (byte) fragment.protocol);
            SEEN.set(memory, offset, fragment.seen);
        }
    }
}
