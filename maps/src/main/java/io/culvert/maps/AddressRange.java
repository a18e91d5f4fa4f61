// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.util.EnumSet;
import java.util.Set;

/// Addresses that mean something to programs: one of `control.ranges`.
///
/// @param range the addresses; their bits under the mask are those of its address
public record AddressRange(LpmKey range, Set<Meaning> meanings) {

    /// What the addresses are. The bits are `RANGE_*` of `layout.h`.
    public enum Meaning {
        /// ClusterIPs lie here: what is no frontend is looked up in `cluster_addresses`.
        CLUSTER_IPS(1),
        /// A ServiceCIDR: an address that no Service has is dropped.
        DROP_UNALLOCATED(1 << 1),
        /// Clients in here are pods.
        PODS(1 << 2);

        private final int bit;

        Meaning(int bit) {
            this.bit = bit;
        }

        /// The bit in `address_range.flags`.
        public int bit() {
            return bit;
        }
    }

    private static final int PAD = 12;

    static final StructLayout LAYOUT = CTypes.struct(
            "address_range",
            CTypes.IP.withName("network"),
            CTypes.IP.withName("mask"),
            CTypes.U32.withName("flags"),
            CTypes.pad(PAD));

    /// `struct address_range`
    public static final Codec<AddressRange> CODEC = new AddressRangeCodec();

    public AddressRange {
        meanings = Set.copyOf(meanings);
    }

    public static AddressRange of(IpPrefix prefix, Set<Meaning> meanings) {
        return new AddressRange(LpmKey.of(prefix), meanings);
    }

    /// The address whose first bits are one.
    private static IpAddress mask(int bits) {
        long high = bits == 0 ? 0 : -1L << Math.max(0, Long.SIZE - bits);
        long low = bits <= Long.SIZE ? 0 : -1L << (2 * Long.SIZE - bits);
        return new IpAddress(high, low);
    }

    private static int bits(IpAddress mask) {
        int bits = Long.bitCount(mask.high()) + Long.bitCount(mask.low());
        if (!mask(bits).equals(mask)) {
            throw new CorruptRecordException("address_range.mask: " + mask);
        }
        return bits;
    }

    /// Puts one range in the place of another while programs read it: without flags it means nothing.
    static void replace(MemorySegment present, MemorySegment wanted) {
        if (present.mismatch(wanted) >= 0) {
            AddressRangeCodec.FLAGS.setRelease(present, 0L, 0);
            long head = CTypes.offset(LAYOUT, "flags");
            MemorySegment.copy(wanted, 0, present, 0, head);
            MemorySegment.copy(wanted, head + Integer.BYTES, present, head + Integer.BYTES, PAD);
            AddressRangeCodec.FLAGS.setRelease(present, 0L, (int) AddressRangeCodec.FLAGS.get(wanted, 0L));
        }
    }

    /// For example `10.96.0.0/12 [CLUSTER_IPS]`.
    @Override
    public String toString() {
        return range + " "
                + (meanings.isEmpty() ? "[]" : EnumSet.copyOf(meanings).toString());
    }

    private static final class AddressRangeCodec implements Codec<AddressRange> {

        private static final long NETWORK = CTypes.offset(LAYOUT, "network");
        private static final long MASK = CTypes.offset(LAYOUT, "mask");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public AddressRange read(MemorySegment memory, long offset) {
            int flags = (int) FLAGS.get(memory, offset);
            Set<Meaning> meanings = EnumSet.noneOf(Meaning.class);
            for (Meaning meaning : Meaning.values()) {
                if ((flags & meaning.bit) != 0) {
                    meanings.add(meaning);
                    flags &= ~meaning.bit;
                }
            }
            if (flags != 0) {
                throw new CorruptRecordException("address_range.flags: 0x" + Integer.toHexString(flags));
            }
            int bits = AddressRange.bits(CTypes.readIp(memory, offset + MASK));
            return new AddressRange(new LpmKey(CTypes.readIp(memory, offset + NETWORK), bits), meanings);
        }

        @Override
        public void write(MemorySegment memory, long offset, AddressRange range) {
            CTypes.clear(memory, offset, LAYOUT);
            CTypes.writeIp(memory, offset + NETWORK, range.range.address());
            CTypes.writeIp(memory, offset + MASK, mask(range.range.bits()));
            FLAGS.set(
                    memory,
                    offset,
                    range.meanings.stream().mapToInt(Meaning::bit).sum());
        }
    }
}
