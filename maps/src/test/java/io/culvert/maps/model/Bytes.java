// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.net.IpAddress;

/// Numbers in network order within a packet.
final class Bytes {

    static final int ETHERNET = 14;
    static final int IPV4_HEADER = 20;
    static final int IPV6_HEADER = 40;

    private Bytes() {}

    static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xff;
    }

    static int u16(byte[] bytes, int at) {
        return u8(bytes, at) << 8 | u8(bytes, at + 1);
    }

    static int u32(byte[] bytes, int at) {
        return u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    static long u64(byte[] bytes, int at) {
        return (long) u32(bytes, at) << 32 | Integer.toUnsignedLong(u32(bytes, at + 4));
    }

    static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    static void put32(byte[] bytes, int at, int value) {
        put16(bytes, at, value >>> 16);
        put16(bytes, at + 2, value);
    }

    static IpAddress ipv4(byte[] bytes, int at) {
        return IpAddress.ofV4(u32(bytes, at));
    }

    static IpAddress ipv6(byte[] bytes, int at) {
        return new IpAddress(u64(bytes, at), u64(bytes, at + 8));
    }

    /// Writes an address as its family does on the wire.
    static void put(byte[] bytes, int at, IpAddress address) {
        byte[] all = address.toBytes();
        int skip = address.isV4() ? 12 : 0;
        System.arraycopy(all, skip, bytes, at, all.length - skip);
    }

    /// The sum of RFC 1071 over a range, in which bytes that the packet does not have count as zero; folded, not
    /// complemented.
    static int sum(byte[] bytes, int from, int to) {
        long sum = 0;
        for (int at = from; at < to; at += 2) {
            int high = at < bytes.length ? u8(bytes, at) : 0;
            int low = at + 1 < Math.min(to, bytes.length) ? u8(bytes, at + 1) : 0;
            sum += high << 8 | low;
        }
        return fold(sum);
    }

    static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }
}
