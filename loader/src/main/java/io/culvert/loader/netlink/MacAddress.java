// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

/// An Ethernet address.
///
/// @param bits its six bytes, the first one in bits 40 to 47
public record MacAddress(long bits) {

    /// The six bytes in the order in which a frame carries them.
    public byte[] toBytes() {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (bits >>> (40 - 8 * i));
        }
        return bytes;
    }

    /// For example `02:42:ac:11:00:02`.
    @Override
    public String toString() {
        return "%02x:%02x:%02x:%02x:%02x:%02x"
                .formatted(
                        bits >>> 40 & 0xff,
                        bits >>> 32 & 0xff,
                        bits >>> 24 & 0xff,
                        bits >>> 16 & 0xff,
                        bits >>> 8 & 0xff,
                        bits & 0xff);
    }
}
