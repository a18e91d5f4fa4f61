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

/// Clients that the load balancer addresses of a Service are for: the key of the trie `source_ranges`.
///
/// @param service index into `services`
/// @param range addresses and their bits
public record SourceRangeKey(int service, LpmKey range) {

    private static final int SERVICE_BITS = 32;

    static final StructLayout LAYOUT = CTypes.struct(
            "source_range_key",
            CTypes.U32.withName("prefixlen"),
            CTypes.U32.withName("service"),
            CTypes.IP.withName("address"));

    /// `struct source_range_key`
    public static final Codec<SourceRangeKey> CODEC = new SourceRangeKeyCodec();

    /// The key of a block.
    public static SourceRangeKey of(int service, IpPrefix prefix) {
        return new SourceRangeKey(service, LpmKey.of(prefix));
    }

    /// For example `service 12 from 10.0.0.0/8`.
    @Override
    public String toString() {
        return "service " + Integer.toUnsignedString(service) + " from " + range;
    }

    private static final class SourceRangeKeyCodec implements Codec<SourceRangeKey> {

        private static final VarHandle PREFIXLEN = CTypes.member(LAYOUT, "prefixlen");
        private static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");
        private static final long ADDRESS = CTypes.offset(LAYOUT, "address");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public SourceRangeKey read(MemorySegment memory, long offset) {
            int bits = (int) PREFIXLEN.get(memory, offset) - SERVICE_BITS;
            if (bits < 0 || bits > LpmKey.MAX_BITS) {
                throw new CorruptRecordException("source_range_key.prefixlen: " + (bits + SERVICE_BITS));
            }
            IpAddress address = CTypes.readIp(memory, offset + ADDRESS);
            return new SourceRangeKey((int) SERVICE.get(memory, offset), new LpmKey(address, bits));
        }

        @Override
        public void write(MemorySegment memory, long offset, SourceRangeKey key) {
            PREFIXLEN.set(memory, offset, SERVICE_BITS + key.range.bits());
            SERVICE.set(memory, offset, key.service);
            CTypes.writeIp(memory, offset + ADDRESS, key.range.address());
        }
    }
}
