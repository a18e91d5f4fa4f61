// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What was dropped for one reason: the value of `drops`, one on each CPU.
public record DropCount(long packets, long bytes) {

    static final StructLayout LAYOUT =
            CTypes.struct("drop_count", CTypes.U64.withName("packets"), CTypes.U64.withName("bytes"));

    /// `struct drop_count`
    public static final Codec<DropCount> CODEC = new DropCountCodec();

    /// Nothing was dropped.
    public static final DropCount ZERO = new DropCount(0, 0);

    public DropCount plus(DropCount other) {
        return new DropCount(packets + other.packets, bytes + other.bytes);
    }

    /// For example `3 packets, 180 bytes`.
    @Override
    public String toString() {
        return packets + " packets, " + bytes + " bytes";
    }

    private static final class DropCountCodec implements Codec<DropCount> {

        private static final VarHandle PACKETS = CTypes.member(LAYOUT, "packets");
        private static final VarHandle BYTES = CTypes.member(LAYOUT, "bytes");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public DropCount read(MemorySegment memory, long offset) {
            return new DropCount((long) PACKETS.get(memory, offset), (long) BYTES.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, DropCount count) {
            PACKETS.set(memory, offset, count.packets);
            BYTES.set(memory, offset, count.bytes);
        }
    }
}
