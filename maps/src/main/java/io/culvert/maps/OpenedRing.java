// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Which connections in `opened` have been looked at for eviction: the value of `opened_ring`. All numbers only ever
/// grow.
///
/// @param opened connections that were opened
/// @param examined of these, how many have been looked at, or were overwritten before that
/// @param evicted connections that were evicted
public record OpenedRing(long opened, long examined, long evicted) {

    static final StructLayout LAYOUT = CTypes.struct(
            "opened_ring",
            CTypes.U64.withName("opened"),
            CTypes.U64.withName("examined"),
            CTypes.U64.withName("evicted"));

    /// `struct opened_ring`
    public static final Codec<OpenedRing> CODEC = new OpenedRingCodec();

    /// For example `5000 opened, 17 examined, 12 evicted`.
    @Override
    public String toString() {
        return opened + " opened, " + examined + " examined, " + evicted + " evicted";
    }

    private static final class OpenedRingCodec implements Codec<OpenedRing> {

        private static final VarHandle OPENED = CTypes.member(LAYOUT, "opened");
        private static final VarHandle EXAMINED = CTypes.member(LAYOUT, "examined");
        private static final VarHandle EVICTED = CTypes.member(LAYOUT, "evicted");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public OpenedRing read(MemorySegment memory, long offset) {
            return new OpenedRing((long) OPENED.get(memory, offset), (long) EXAMINED.get(memory, offset), (long)
                    EVICTED.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, OpenedRing ring) {
            OPENED.set(memory, offset, ring.opened);
            EXAMINED.set(memory, offset, ring.examined);
            EVICTED.set(memory, offset, ring.evicted);
        }
    }
}
