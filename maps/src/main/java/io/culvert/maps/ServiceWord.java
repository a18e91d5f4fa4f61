// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// The word that publishes an extent: the value of `services`. Zero means that nothing is published.
///
/// @param bits the word as `layout.h` describes it: start in bits 0-31, count in bits 32-55, flags above
public record ServiceWord(long bits) {

    /// Bits of the count, so an extent has fewer than 2^24 backends.
    static final int COUNT_BITS = 24;

    static final int START_BITS = 32;

    static final long PLAIN = 1L << 56;

    static final long PUBLISHED = 1L << 63;

    /// Nothing is published.
    public static final ServiceWord NONE = new ServiceWord(0);

    static final StructLayout LAYOUT = CTypes.struct("service", CTypes.U64.withName("extent"));

    /// `struct service`. Plain loads and stores: [ExtentStore] gives the word its memory order.
    public static final Codec<ServiceWord> CODEC = new ServiceWordCodec();

    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final long KNOWN = PUBLISHED | PLAIN | COUNT_MASK << START_BITS | 0xffff_ffffL;

    static ServiceWord of(int start, int count, boolean plain) {
        return new ServiceWord(
                PUBLISHED | (plain ? PLAIN : 0) | (long) count << START_BITS | Integer.toUnsignedLong(start));
    }

    /// Index of the header in `slots`, unsigned 32 bits.
    public long start() {
        return bits & 0xffff_ffffL;
    }

    /// Backends that follow the header.
    public int count() {
        return (int) (bits >>> START_BITS & COUNT_MASK);
    }

    /// Whether programs choose at random over the whole extent without reading its header.
    public boolean plain() {
        return (bits & PLAIN) != 0;
    }

    public boolean published() {
        return (bits & PUBLISHED) != 0;
    }

    /// Whether bits are set that no agent of this layout sets.
    boolean hasUnknownBits() {
        return (bits & ~KNOWN) != 0;
    }

    /// For example `extent at slot 345, 10 backends, plain`.
    @Override
    public String toString() {
        if (bits == 0) {
            return "no extent";
        }
        return "extent at slot " + start() + ", " + count() + (count() == 1 ? " backend" : " backends")
                + (plain() ? ", plain" : "")
                + (published() && !hasUnknownBits() ? "" : ", corrupt: 0x" + Long.toHexString(bits));
    }

    private static final class ServiceWordCodec implements Codec<ServiceWord> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public ServiceWord read(MemorySegment memory, long offset) {
            return new ServiceWord(memory.get(CTypes.U64, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, ServiceWord word) {
            memory.set(CTypes.U64, offset, word.bits);
        }
    }
}
