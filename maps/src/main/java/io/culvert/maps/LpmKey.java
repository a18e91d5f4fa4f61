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

/// The key of a longest-prefix-match trie over addresses of both families: `struct bpf_lpm_trie_key` with 16 bytes
/// of data. An IPv4 block lies in `::ffff:0:0/96`.
///
/// @param address of the block
/// @param bits that must match, 0 to 128; an IPv4 block of length n has 96 + n
public record LpmKey(IpAddress address, int bits) {

    static final int MAX_BITS = 128;

    private static final int V4_BITS = 96;

    static final StructLayout LAYOUT =
            CTypes.struct("lpm_key", CTypes.U32.withName("prefixlen"), CTypes.IP.withName("address"));

    /// `struct lpm_key { __u32 prefixlen; struct ip address; }`
    public static final Codec<LpmKey> CODEC = new LpmKeyCodec();

    public LpmKey {
        if (bits < 0 || bits > MAX_BITS) {
            throw new IllegalArgumentException("not a prefix length: " + bits);
        }
    }

    /// The key of a block.
    public static LpmKey of(IpPrefix prefix) {
        return new LpmKey(prefix.address(), prefix.address().isV4() ? V4_BITS + prefix.length() : prefix.length());
    }

    /// The key that looks an address up: the longest block that contains it is found.
    public static LpmKey of(IpAddress address) {
        return new LpmKey(address, MAX_BITS);
    }

    /// For example `10.0.0.0/8`, or `fd00::/8`.
    @Override
    public String toString() {
        return address + "/" + (address.isV4() && bits >= V4_BITS ? bits - V4_BITS : bits);
    }

    private static final class LpmKeyCodec implements Codec<LpmKey> {

        private static final VarHandle PREFIXLEN = CTypes.member(LAYOUT, "prefixlen");
        private static final long ADDRESS = CTypes.offset(LAYOUT, "address");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public LpmKey read(MemorySegment memory, long offset) {
            int bits = (int) PREFIXLEN.get(memory, offset);
            if (bits < 0 || bits > MAX_BITS) {
                throw new CorruptRecordException("lpm_key.prefixlen: " + Integer.toUnsignedString(bits));
            }
            return new LpmKey(CTypes.readIp(memory, offset + ADDRESS), bits);
        }

        @Override
        public void write(MemorySegment memory, long offset, LpmKey key) {
            PREFIXLEN.set(memory, offset, key.bits);
            CTypes.writeIp(memory, offset + ADDRESS, key.address);
        }
    }
}
