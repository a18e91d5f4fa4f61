// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.u16;
import static io.culvert.maps.model.Bytes.u8;

import java.util.Optional;

/// The way over extension headers to what they come before.
///
/// @param protocol number of what was reached
/// @param at where it begins
/// @param offset of a fragment, in bytes; -1: the packet is whole
/// @param id of a fragment
record Ipv6Walk(int protocol, int at, int offset, int id) {

    private static final int EXTENSIONS = 5;
    private static final int HOP_BY_HOP = 0;
    static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    /// Where no transport header is looked for any more.
    private static final int FARTHEST = 1023;

    /// @param first number of the header at `from`
    static Optional<Ipv6Walk> of(byte[] frame, int first, int from) {
        int next = first;
        int at = from;
        int offset = -1;
        int id = 0;
        int headers = 0;
        for (; headers <= EXTENSIONS && offset <= 0 && isSkipped(frame, next, at); headers++) {
            boolean fragment = next == FRAGMENT;
            if (fragment && (u16(frame, at + 2) & 0xfff9) != 0) {
                if (offset == 0) {
                    return Optional.empty();
                }
                offset = u16(frame, at + 2) & 0xfff8;
                id = Bytes.u32(frame, at + 4);
            }
            int length = fragment ? 8 : 8 + 8 * u8(frame, at + 1);
            next = u8(frame, at);
            at += length;
        }
        boolean far = headers > EXTENSIONS || at > FARTHEST;
        return far && offset <= 0 ? Optional.empty() : Optional.of(new Ipv6Walk(next, at, offset, id));
    }

    /// Whether an extension header is there, and one that does not change what the transport's checksum covers.
    private static boolean isSkipped(byte[] frame, int next, int at) {
        if (at > FARTHEST || at + 8 > frame.length) {
            return false;
        }
        return switch (next) {
            case HOP_BY_HOP, DESTINATION_OPTIONS, FRAGMENT -> true;
            case ROUTING -> u8(frame, at + 3) == 0;
            default -> false;
        };
    }
}
