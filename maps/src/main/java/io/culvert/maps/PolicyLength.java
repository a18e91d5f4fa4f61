// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// How many bits of an IPv6 address are looked for in `policy_prefixes`: the value of `policy_lengths`. Entry 1 of a
/// side comes
/// first, entry 2i after entry i if nothing was found, entry 2i + 1 if something was. Entry 0 says whether there is an
/// index at all.
///
/// @param prefixlen 32 + bits; 0: none
/// @param cidrClass of entry 0: the class of addresses of which nothing is found
/// @param mask of the bits
public record PolicyLength(int prefixlen, int cidrClass, IpAddress mask) {

    /// `POLICY_LENGTHS`: of each side.
    public static final int ENTRIES = 128;

    /// `POLICY_LENGTH_STEPS`: as many as it takes to find one of 127 lengths.
    public static final int STEPS = 7;

    private static final int SIDE_BITS = 32;

    /// No length.
    public static final PolicyLength NONE = new PolicyLength(0, 0, IpAddress.UNSPECIFIED);

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_length",
            CTypes.U32.withName("prefixlen"),
            CTypes.U32.withName("class"),
            CTypes.IP.withName("mask"));

    /// `struct policy_length`
    public static final Codec<PolicyLength> CODEC = new PolicyLengthCodec();

    /// That so many bits are looked for.
    public static PolicyLength of(int bits) {
        return new PolicyLength(
                SIDE_BITS + bits,
                0,
                new IpAddress(mask(Math.min(bits, Long.SIZE)), mask(Math.max(bits - Long.SIZE, 0))));
    }

    /// That there is an index.
    ///
    /// @param cidrClass of addresses of which nothing is found
    public static PolicyLength otherwise(int cidrClass) {
        return new PolicyLength(SIDE_BITS, cidrClass, IpAddress.UNSPECIFIED);
    }

    /// -1: none.
    public int bits() {
        return prefixlen == 0 ? -1 : prefixlen - SIDE_BITS;
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }

    /// For example `/64`, or `/0, else class 3` of entry 0.
    @Override
    public String toString() {
        return prefixlen == 0 ? "none" : "/" + bits() + (bits() == 0 ? ", else class " + cidrClass : "");
    }

    private static final class PolicyLengthCodec implements Codec<PolicyLength> {

        private static final VarHandle PREFIXLEN = CTypes.member(LAYOUT, "prefixlen");
        private static final VarHandle CLASS = CTypes.member(LAYOUT, "class");
        private static final long MASK = CTypes.offset(LAYOUT, "mask");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyLength read(MemorySegment memory, long offset) {
            return new PolicyLength(
                    (int) PREFIXLEN.get(memory, offset),
                    (int) CLASS.get(memory, offset),
                    CTypes.readIp(memory, offset + MASK));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyLength length) {
            PREFIXLEN.set(memory, offset, length.prefixlen);
            CLASS.set(memory, offset, length.cidrClass);
            CTypes.writeIp(memory, offset + MASK, length.mask);
        }
    }
}
