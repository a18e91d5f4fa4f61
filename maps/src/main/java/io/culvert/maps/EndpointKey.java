// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A pod of this node by one of its addresses or by its interface: the key of `endpoints`.
///
/// @param address unspecified where `ifindex` is not 0
/// @param ifindex of the host's side of its interface; 0 where `address` is given
public record EndpointKey(IpAddress address, int ifindex) {

    static final StructLayout LAYOUT =
            CTypes.struct("endpoint_key", CTypes.IP.withName("address"), CTypes.U32.withName("ifindex"));

    /// `struct endpoint_key`
    public static final Codec<EndpointKey> CODEC = new EndpointKeyCodec();

    public static EndpointKey of(IpAddress address) {
        return new EndpointKey(address, 0);
    }

    public static EndpointKey ofInterface(int ifindex) {
        return new EndpointKey(IpAddress.UNSPECIFIED, ifindex);
    }

    /// For example `10.1.0.2` or `interface 12`.
    @Override
    public String toString() {
        return ifindex == 0 ? address.toString() : "interface " + ifindex;
    }

    private static final class EndpointKeyCodec implements Codec<EndpointKey> {

        private static final long ADDRESS = CTypes.offset(LAYOUT, "address");
        private static final VarHandle IFINDEX = CTypes.member(LAYOUT, "ifindex");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public EndpointKey read(MemorySegment memory, long offset) {
            return new EndpointKey(CTypes.readIp(memory, offset + ADDRESS), (int) IFINDEX.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, EndpointKey entry) {
            CTypes.writeIp(memory, offset + ADDRESS, entry.address);
            IFINDEX.set(memory, offset, entry.ifindex);
        }
    }
}
