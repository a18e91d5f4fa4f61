// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Ports, both ends included.
///
/// @param first 1 to 65535
/// @param last not below the first
public record PortRange(int first, int last) {

    public PortRange {
        if (first < 1 || last > 0xffff || first > last) {
            throw new IllegalArgumentException("not a range of ports: " + first + "-" + last);
        }
    }

    /// `struct port_range { __u16 first, last; }`, one after the other.
    static byte[] toBytes(List<PortRange> ranges) {
        ByteBuffer buffer = ByteBuffer.allocate(ranges.size() * 2 * Short.BYTES).order(ByteOrder.nativeOrder());
        ranges.forEach(range -> buffer.putShort((short) range.first).putShort((short) range.last));
        return buffer.array();
    }

    /// For example `61000-65535`.
    @Override
    public String toString() {
        return first + "-" + last;
    }
}
