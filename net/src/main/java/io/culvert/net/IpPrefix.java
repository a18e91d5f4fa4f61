// SPDX-License-Identifier: Apache-2.0
package io.culvert.net;

import java.util.Optional;

/// A block of addresses of one family, as `10.0.0.0/8` or `fd00::/8` says.
///
/// @param address the first address of the block; bits beyond the length are zero
/// @param length significant bits in the family's own count: 0 to 32 or 0 to 128
public record IpPrefix(IpAddress address, int length) {

    public IpPrefix {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException("a prefix of " + address + " cannot have " + length + " bits");
        }
        address = masked(address, length);
    }

    /// Reads `address/length`; bits beyond the length are ignored, as Kubernetes ignores them in old objects.
    public static Optional<IpPrefix> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        int length = length(text, slash + 1);
        return IpAddress.parse(text.substring(0, slash))
                .filter(address -> length >= 0 && length <= address.family().bits())
                .map(address -> new IpPrefix(address, length));
    }

    public IpFamily family() {
        return address.family();
    }

    /// Whether `candidate` is of the block's family and in it.
    public boolean contains(IpAddress candidate) {
        return candidate.isV4() == address.isV4() && masked(candidate, length).equals(address);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private static int length(String text, int from) {
        int value = 0;
        if (from == text.length() || text.length() - from > 3) {
            return -1;
        }
        for (int i = from; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + (digit - '0');
        }
        return value;
    }

    private static IpAddress masked(IpAddress address, int length) {
        int bits = address.isV4() ? length + 96 : length;
        long high = bits >= 64 ? address.high() : address.high() & mask(bits);
        long low = bits >= 128 ? address.low() : bits <= 64 ? 0 : address.low() & mask(bits - 64);
        return new IpAddress(high, low);
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
