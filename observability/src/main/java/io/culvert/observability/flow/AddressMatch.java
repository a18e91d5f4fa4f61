// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;

/// Addresses of a block, as two numbers under a mask each.
public record AddressMatch(boolean v4, long high, long highMask, long low, long lowMask) {

    private static final int V4_BITS = 96;
    private static final long V4_MAPPED = 0xffff;

    public static AddressMatch of(IpPrefix block) {
        IpAddress address = block.address();
        int length = block.length() + (address.isV4() ? V4_BITS : 0);
        return new AddressMatch(address.isV4(), address.high(), mask(length), address.low(), mask(length - Long.SIZE));
    }

    private static long mask(int length) {
        return length <= 0 ? 0 : length >= Long.SIZE ? -1 : -1L << (Long.SIZE - length);
    }

    /// Whether an address, in two halves, is one of IPv4.
    public static boolean isV4(long high, long low) {
        return high == 0 && low >>> Integer.SIZE == V4_MAPPED;
    }

    /// Whether an address, in two halves as [IpAddress] has them, is in the block.
    public boolean test(long otherHigh, long otherLow) {
        return isV4(otherHigh, otherLow) == v4 && (otherHigh & highMask) == high && (otherLow & lowMask) == low;
    }
}
