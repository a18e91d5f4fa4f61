// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.loader.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The filters of traffic control (tc(8)) in the network namespace of the calling thread.
public final class TrafficFilters {

    private static final int NEW_FILTER = 44;
    private static final int GET_FILTER = 46;
    private static final int TIMEOUT_SECONDS = 10;

    private TrafficFilters() {}

    /// Whether a hook has filters, of whatever kind and owner.
    ///
    /// @param ifindex index of an interface
    /// @param parent the hook: `ffff:fff2` is the ingress of clsact, `ffff:fff3` its egress
    /// @throws NetlinkException if the kernel does not say; ENODEV if there is no such interface
    public static boolean exist(int ifindex, int parent) {
        // struct tcmsg (linux/rtnetlink.h): family, interface, handle, parent, info
        byte[] body = ByteBuffer.allocate(20)
                .order(ByteOrder.nativeOrder())
                .putInt(4, ifindex)
                .putInt(12, parent)
                .array();
        try (NetlinkSocket socket = new NetlinkSocket(0)) {
            socket.receiveTimeout(TIMEOUT_SECONDS);
            socket.send(Rtnetlink.request(GET_FILTER, 1, body));
            boolean found = false;
            while (true) {
                for (NetlinkMessage message : NetlinkMessage.split(socket.receive())) {
                    found |= message.type() == NEW_FILTER;
                    if (message.type() == NetlinkMessage.ERROR || message.type() == NetlinkMessage.DONE) {
                        check(message);
                        return found;
                    }
                }
            }
        }
    }

    private static void check(NetlinkMessage end) {
        if (end.error() < 0) {
            throw NetlinkException.of("list tc filters", Errno.of(-end.error()));
        }
    }
}
