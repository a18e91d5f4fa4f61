// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Ports of a fragmented packet: the value of `fragments`.
public record Fragment(int sourcePort, int destinationPort) {

    static final StructLayout LAYOUT =
            CTypes.struct("fragment", CTypes.BE16.withName("source_port"), CTypes.BE16.withName("destination_port"));

    /// `struct fragment`
    public static final Codec<Fragment> CODEC = new FragmentCodec();

    /// For example `ports 40000 -> 53`.
    @Override
    public String toString() {
        return "ports " + sourcePort + " -> " + destinationPort;
    }

    private static final class FragmentCodec implements Codec<Fragment> {

        private static final VarHandle SOURCE_PORT = CTypes.member(LAYOUT, "source_port");
        private static final VarHandle DESTINATION_PORT = CTypes.member(LAYOUT, "destination_port");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Fragment read(MemorySegment memory, long offset) {
            return new Fragment(
                    Short.toUnsignedInt((short) SOURCE_PORT.get(memory, offset)),
                    Short.toUnsignedInt((short) DESTINATION_PORT.get(memory, offset)));
        }

        @Override
        public void write(MemorySegment memory, long offset, Fragment fragment) {
            SOURCE_PORT.set(memory, offset, (short) fragment.sourcePort);
            DESTINATION_PORT.set(memory, offset, (short) fragment.destinationPort);
        }
    }
}
