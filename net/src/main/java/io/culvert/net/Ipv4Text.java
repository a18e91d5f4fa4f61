// SPDX-License-Identifier: Apache-2.0
package io.culvert.net;

import java.util.Optional;

/// Dotted decimal.
final class Ipv4Text {

    private Ipv4Text() {}

    static Optional<IpAddress> parse(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        int bits = 0;
        for (String part : parts) {
            int octet = octet(part);
            if (octet < 0) {
                return Optional.empty();
            }
            bits = bits << 8 | octet;
        }
        return Optional.of(IpAddress.ofV4(bits));
    }

    static String format(int bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }

    /// The value of one part, or -1. Any number of leading zeros is accepted, as old objects have them.
    private static int octet(String part) {
        if (part.isEmpty() || part.length() > 16) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < part.length(); i++) {
            char digit = part.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + (digit - '0');
            if (value > 255) {
                return -1;
            }
        }
        return value;
    }
}
