// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What passed by a rule, in the direction that the rule is about: the value of `rule_counters`, one on each CPU.
///
/// @param packets a GSO packet counts once
/// @param bytes from the network header
public record RuleCount(long packets, long bytes) {

    public static final RuleCount ZERO = new RuleCount(0, 0);

    static final StructLayout LAYOUT =
            CTypes.struct("rule_count", CTypes.U64.withName("packets"), CTypes.U64.withName("bytes"));

    /// `struct rule_count`
    public static final Codec<RuleCount> CODEC = new RuleCountCodec();

    public RuleCount plus(RuleCount other) {
        return new RuleCount(packets + other.packets, bytes + other.bytes);
    }

    /// For example `3 packets, 180 bytes`.
    @Override
    public String toString() {
        return packets + " packets, " + bytes + " bytes";
    }

    private static final class RuleCountCodec implements Codec<RuleCount> {

        private static final VarHandle PACKETS = CTypes.member(LAYOUT, "packets");
        private static final VarHandle BYTES = CTypes.member(LAYOUT, "bytes");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public RuleCount read(MemorySegment memory, long offset) {
            return new RuleCount((long) PACKETS.get(memory, offset), (long) BYTES.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, RuleCount entry) {
            PACKETS.set(memory, offset, entry.packets);
            BYTES.set(memory, offset, entry.bytes);
        }
    }
}
