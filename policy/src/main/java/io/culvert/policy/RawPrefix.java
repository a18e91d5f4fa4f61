// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;

/// A prefix of the 16 bytes that the datapath knows addresses by, where families are no different things: `::/0` holds
/// all of IPv4.
///
/// @param address bits beyond the length are zero
/// @param bits 0 to 128
record RawPrefix(IpAddress address, int bits) implements Comparable<RawPrefix> {

    /// All of IPv4.
    static final RawPrefix IPV4 = new RawPrefix(IpAddress.ofV4(0), 96);

    static RawPrefix of(IpAddress address, int bits) {
        return new RawPrefix(
                new IpAddress(address.high() & mask(Math.min(bits, 64)), address.low() & mask(Math.max(bits - 64, 0))),
                bits);
    }

    static RawPrefix of(IpPrefix prefix) {
        return new RawPrefix(
                prefix.address(), prefix.family() == IpFamily.IPV4 ? prefix.length() + 96 : prefix.length());
    }

    static RawPrefix of(IpAddress address) {
        return new RawPrefix(address, 128);
    }

    boolean covers(RawPrefix other) {
        return bits <= other.bits && of(other.address, bits).address.equals(address);
    }

    /// A prefix comes before those that it covers.
    @Override
    public int compareTo(RawPrefix other) {
        int order = address.compareTo(other.address);
        return order != 0 ? order : Integer.compare(bits, other.bits);
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
