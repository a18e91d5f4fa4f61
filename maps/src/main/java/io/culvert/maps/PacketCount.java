// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What was dropped for one reason, or what one rule decided about: the value of `drops` and `rule_counters`, for each
/// CPU.
///
/// @param packets a GSO packet counts once
/// @param bytes from the network header
public record PacketCount(long packets, long bytes) {

    static final StructLayout LAYOUT =
            CTypes.struct("packet_count", CTypes.U64.withName("packets"), CTypes.U64.withName("bytes"));

    /// `struct packet_count`
    public static final Codec<PacketCount> CODEC = new PacketCountCodec();

    /// Nothing.
    public static final PacketCount ZERO = new PacketCount(0, 0);

    public PacketCount plus(PacketCount other) {
        return new PacketCount(packets + other.packets, bytes + other.bytes);
    }

    /// For example `3 packets, 180 bytes`.
    @Override
    public String toString() {
        return packets + " packets, " + bytes + " bytes";
    }

    private static final class PacketCountCodec implements Codec<PacketCount> {

        private static final VarHandle PACKETS = CTypes.member(LAYOUT, "packets");
        private static final VarHandle BYTES = CTypes.member(LAYOUT, "bytes");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PacketCount read(MemorySegment memory, long offset) {
            return new PacketCount((long) PACKETS.get(memory, offset), (long) BYTES.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PacketCount count) {
            PACKETS.set(memory, offset, count.packets);
            BYTES.set(memory, offset, count.bytes);
        }
    }
}
