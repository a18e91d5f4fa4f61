// SPDX-License-Identifier: Apache-2.0
package io.culvert.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// An IP address of either family as the datapath stores it: 16 bytes in network order, IPv4 as `::ffff:a.b.c.d`
/// (RFC 4291 section 2.5.5.2).
///
/// @param high the first eight bytes, as a big-endian number
/// @param low the last eight bytes, as a big-endian number
public record IpAddress(long high, long low) implements Comparable<IpAddress> {

    /// `::`, which the datapath uses as a wildcard.
    public static final IpAddress UNSPECIFIED = new IpAddress(0, 0);

    private static final long MAPPED = 0xffffL << 32;

    /// The IPv4 address whose 32 bits are `bits`, most significant byte first.
    public static IpAddress ofV4(int bits) {
        return new IpAddress(0, MAPPED | Integer.toUnsignedLong(bits));
    }

    /// Reads a literal: dotted decimal (leading zeros are decimal, as Kubernetes reads old objects) or RFC 4291 text.
    /// Never resolves a name.
    public static Optional<IpAddress> parse(String text) {
        return text.indexOf(':') >= 0 ? Ipv6Text.parse(text) : Ipv4Text.parse(text);
    }

    /// As [#parse], for literals in code.
    ///
    /// @throws IllegalArgumentException if `text` is not an address
    public static IpAddress of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
    }

    public static IpAddress of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? ofV4((int) bigEndian(bytes, 0, 4)) : ofBytes(bytes);
    }

    /// The address in `bytes`, which are 16 bytes in network order.
    public static IpAddress ofBytes(byte[] bytes) {
        if (bytes.length != 16) {
            throw new IllegalArgumentException("an address is 16 bytes, not " + bytes.length);
        }
        return new IpAddress(bigEndian(bytes, 0, 8), bigEndian(bytes, 8, 8));
    }

    public boolean isV4() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    public IpFamily family() {
        return isV4() ? IpFamily.IPV4 : IpFamily.IPV6;
    }

    /// The 16 bytes in network order.
    public byte[] toBytes() {
        byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (high >>> (56 - 8 * i));
            bytes[8 + i] = (byte) (low >>> (56 - 8 * i));
        }
        return bytes;
    }

    public InetAddress toInetAddress() {
        byte[] bytes = toBytes();
        try {
            return InetAddress.getByAddress(isV4() ? java.util.Arrays.copyOfRange(bytes, 12, 16) : bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }

    @Override
    public int compareTo(IpAddress other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /// Dotted decimal for IPv4, RFC 5952 text for IPv6.
    @Override
    public String toString() {
        return isV4() ? Ipv4Text.format((int) low) : Ipv6Text.format(high, low);
    }

    private static long bigEndian(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }
}
