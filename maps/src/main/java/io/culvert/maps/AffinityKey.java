// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A client of a Service with session affinity: the key of `affinity`.
///
/// @param service index into `services`
/// @param client address before any masquerade
public record AffinityKey(int service, IpAddress client) {

    static final StructLayout LAYOUT =
            CTypes.struct("affinity_key", CTypes.U32.withName("service"), CTypes.IP.withName("client"));

    /// `struct affinity_key`
    public static final Codec<AffinityKey> CODEC = new AffinityKeyCodec();

    /// For example `service 12 for 10.1.0.2`.
    @Override
    public String toString() {
        return "service " + Integer.toUnsignedString(service) + " for " + client;
    }

    private static final class AffinityKeyCodec implements Codec<AffinityKey> {

        private static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");
        private static final long CLIENT = CTypes.offset(LAYOUT, "client");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public AffinityKey read(MemorySegment memory, long offset) {
            return new AffinityKey((int) SERVICE.get(memory, offset), CTypes.readIp(memory, offset + CLIENT));
        }

        @Override
        public void write(MemorySegment memory, long offset, AffinityKey key) {
            SERVICE.set(memory, offset, key.service);
            CTypes.writeIp(memory, offset + CLIENT, key.client);
        }
    }
}
