// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// One message of netlink(7), without its header.
///
/// @param sequence that of the request which this answers; 0 for a notification
record NetlinkMessage(int type, int flags, int sequence, NetlinkBytes payload) {

    static final int ERROR = 2;
    static final int DONE = 3;
    static final int OVERRUN = 4;

    private static final int HEADER = 16;
    private static final int DUMP_INTERRUPTED = 0x10;

    /// The messages of one datagram.
    ///
    /// @throws NetlinkException if it contradicts itself
    static List<NetlinkMessage> split(ByteBuffer datagram) {
        NetlinkBytes bytes = NetlinkBytes.of(datagram);
        List<NetlinkMessage> messages = new ArrayList<>();
        int at = 0;
        while (at < bytes.length()) {
            int length = bytes.s32(at, "the length of a message");
            if (length < HEADER) {
                throw NetlinkException.malformed(at, "a message of " + length + " bytes");
            }
            NetlinkBytes message = bytes.part(at, length, "a message");
            messages.add(new NetlinkMessage(
                    message.u16(4, "the type of a message"),
                    message.u16(6, "the flags of a message"),
                    message.s32(8, "the sequence number of a message"),
                    message.from(HEADER, "a message")));
            at += NetlinkBytes.aligned(length);
        }
        return messages;
    }

    /// Whether what a dump walks through changed meanwhile, so that the answer may lack something.
    boolean interrupted() {
        return (flags & DUMP_INTERRUPTED) != 0;
    }

    /// The negative errno that an ERROR or DONE message carries; 0 if it says that all went well.
    int error() {
        return payload.length() == 0 && type == DONE ? 0 : payload.s32(0, "the error of a message");
    }
}
