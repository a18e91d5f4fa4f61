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

/// Addresses that policies do not tell apart: the key of the trie `policy_cidrs`, whose value is the number of their
/// class. Single addresses are in the hash `policy_hosts`.
///
/// @param side 0 or 1: that of the tables that this is part of
/// @param block addresses and their bits
public record PolicyCidrKey(int side, LpmKey block) {

    private static final int SIDE_BITS = 32;

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_cidr_key",
            CTypes.U32.withName("prefixlen"),
            CTypes.U32.withName("side"),
            CTypes.IP.withName("address"));

    /// `struct policy_cidr_key`
    public static final Codec<PolicyCidrKey> CODEC = new PolicyCidrKeyCodec();

    /// The key of a block.
    public static PolicyCidrKey of(int side, IpPrefix prefix) {
        return new PolicyCidrKey(side, LpmKey.of(prefix));
    }

    /// Whether it is one address.
    public boolean isHost() {
        return block.bits() == LpmKey.MAX_BITS;
    }

    /// For example `side 1 of 10.0.0.0/8`.
    @Override
    public String toString() {
        return "side " + side + " of " + block;
    }

    private static final class PolicyCidrKeyCodec implements Codec<PolicyCidrKey> {

        private static final VarHandle PREFIXLEN = CTypes.member(LAYOUT, "prefixlen");
        private static final VarHandle SIDE = CTypes.member(LAYOUT, "side");
        private static final long ADDRESS = CTypes.offset(LAYOUT, "address");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyCidrKey read(MemorySegment memory, long offset) {
            int bits = (int) PREFIXLEN.get(memory, offset) - SIDE_BITS;
            if (bits < 0 || bits > LpmKey.MAX_BITS) {
                throw new CorruptRecordException("policy_cidr_key.prefixlen: " + (bits + SIDE_BITS));
            }
            IpAddress address = CTypes.readIp(memory, offset + ADDRESS);
            return new PolicyCidrKey((int) SIDE.get(memory, offset), new LpmKey(address, bits));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyCidrKey key) {
            PREFIXLEN.set(memory, offset, SIDE_BITS + key.block.bits());
            SIDE.set(memory, offset, key.side);
            CTypes.writeIp(memory, offset + ADDRESS, key.block.address());
        }
    }
}
