// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import java.util.zip.CRC32C;

/// The two checksums of the protocols that Services can have.
final class Checksum {

    private Checksum() {}

    /// The Internet checksum of RFC 1071, ready to be stored: over data that contains its own right checksum it is 0.
    static int internet(byte[] data, int from, int length) {
        return finish(sum(data, from, length));
    }

    /// As [#internet], over the pseudo-header and `length` bytes of `data`.
    static int transport(Layer.Ends ends, int protocol, byte[] data, int from, int length) {
        long sum = sum(ends.source()) + sum(ends.destination());
        sum += (length >>> 16) + (length & 0xffff) + protocol;
        return finish(sum + sum(data, from, length));
    }

    /// CRC32c as SCTP stores it (RFC 9260 appendix A): in little-endian order, hence reversed here.
    static int sctp(byte[] data, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, from, length);
        return Integer.reverseBytes((int) crc.getValue());
    }

    /// The mapped form of an IPv4 address would add 0xffff, which is zero in ones' complement: no special case.
    private static long sum(IpAddress address) {
        byte[] bytes = address.toBytes();
        return sum(bytes, 0, bytes.length);
    }

    private static long sum(byte[] data, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            int value = data[from + i] & 0xff;
            sum += i % 2 == 0 ? value << 8 : value;
        }
        return sum;
    }

    private static int finish(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) ~folded & 0xffff;
    }
}
