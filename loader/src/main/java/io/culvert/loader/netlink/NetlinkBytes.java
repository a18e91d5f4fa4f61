// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.net.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A window of a netlink message in which no read leaves the window. Numbers are in the host's byte order, addresses in
/// network order.
///
/// @param base where the window starts in what was received, for messages
record NetlinkBytes(ByteBuffer content, long base) {

    static final int INET = 2;
    static final int INET6 = 10;

    private static final int ATTRIBUTE_HEADER = 4;
    /// Without the flags "nested" and "network byte order".
    private static final int ATTRIBUTE_TYPE = 0x3fff;

    static NetlinkBytes of(ByteBuffer content) {
        return new NetlinkBytes(content.slice().order(ByteOrder.nativeOrder()), 0);
    }

    int length() {
        return content.limit();
    }

    NetlinkBytes part(int offset, int length, String what) {
        require(offset, length, what);
        return new NetlinkBytes(content.slice(offset, length).order(ByteOrder.nativeOrder()), base + offset);
    }

    NetlinkBytes from(int offset, String what) {
        return part(offset, length() - offset, what);
    }

    int u8(int offset, String what) {
        require(offset, 1, what);
        return content.get(offset) & 0xff;
    }

    int u16(int offset, String what) {
        require(offset, 2, what);
        return content.getShort(offset) & 0xffff;
    }

    int s32(int offset, String what) {
        require(offset, 4, what);
        return content.getInt(offset);
    }

    /// Up to the first NUL, or to the end.
    String text() {
        int end = 0;
        while (end < length() && content.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end];
        content.get(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// The whole window as an address of `family`; empty for families other than IPv4 and IPv6.
    Optional<IpAddress> address(int family) {
        return switch (family) {
            case INET -> {
                require(0, 4, "an IPv4 address");
                yield Optional.of(IpAddress.ofV4(bigEndian().getInt(0)));
            }
            case INET6 -> {
                require(0, 16, "an IPv6 address");
                yield Optional.of(
                        new IpAddress(bigEndian().getLong(0), bigEndian().getLong(8)));
            }
            default -> Optional.empty();
        };
    }

    /// The whole window as an Ethernet address, if it has the length of one.
    Optional<MacAddress> macAddress() {
        return length() == 6
                ? Optional.of(new MacAddress((bigEndian().getShort(0) & 0xffffL) << 32
                        | Integer.toUnsignedLong(bigEndian().getInt(2))))
                : Optional.empty();
    }

    /// The window as a sequence of attributes, by type. Of several with one type the last counts, as in the kernel.
    Map<Integer, NetlinkBytes> attributes() {
        Map<Integer, NetlinkBytes> attributes = new HashMap<>();
        int at = 0;
        // Up to three bytes of padding may follow the last one.
        while (length() - at >= ATTRIBUTE_HEADER) {
            int length = u16(at, "the length of an attribute");
            if (length < ATTRIBUTE_HEADER) {
                throw NetlinkException.malformed(base + at, "an attribute of " + length + " bytes");
            }
            int type = u16(at + 2, "the type of an attribute") & ATTRIBUTE_TYPE;
            attributes.put(type, part(at + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER, "attribute " + type));
            at += aligned(length);
        }
        return attributes;
    }

    /// Messages, attributes and next hops begin at multiples of four bytes.
    static int aligned(int length) {
        return (length + 3) & ~3;
    }

    private ByteBuffer bigEndian() {
        return content.duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    private void require(int offset, int length, String what) {
        if (offset < 0 || length < 0 || offset > length() || length > length() - offset) {
            throw NetlinkException.malformed(
                    base + offset, "%s needs %d bytes, but %d are there".formatted(what, length, length() - offset));
        }
    }
}
