// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.net.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// One address: the key of `node_addresses` and `cluster_addresses`.
public record AddressKey(IpAddress address) {

    /// `NODE_ADDRESS_NODE_PORTS`: the value of `node_addresses` where NodePorts are served; of this
    /// node's other addresses it is 0.
    public static final int NODE_PORTS = 1;

    /// `NODE_ADDRESS_OTHER`: the value of `node_addresses` for an address of another node.
    public static final int OTHER_NODE = 1 << 1;

    /// `CLUSTER_ADDRESS_REFUSE`: the value of `cluster_addresses` for an address whose other ports are refused.
    public static final int REFUSE = 1;

    /// `CLUSTER_ADDRESS_LEAVE`: the value for one that is an address of this node as well, which answers for itself.
    public static final int LEAVE = 0;

    static final StructLayout LAYOUT = CTypes.struct("address_key", CTypes.IP.withName("address"));

    /// `struct address_key`
    public static final Codec<AddressKey> CODEC = new AddressKeyCodec();

    /// For example `10.96.0.10`.
    @Override
    public String toString() {
        return address.toString();
    }

    private static final class AddressKeyCodec implements Codec<AddressKey> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public AddressKey read(MemorySegment memory, long offset) {
            return new AddressKey(CTypes.readIp(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, AddressKey key) {
            CTypes.writeIp(memory, offset, key.address);
        }
    }
}
