// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.net.Protocol;

/// Protocols and ports as one line of numbers, on which a rule's ports are intervals: TCP, UDP, SCTP, and everything
/// else, 65,536 numbers each.
public final class PortSpace {

    /// One more than the last number.
    public static final int END = 4 << 16;

    private PortSpace() {}

    /// Where a packet is.
    ///
    /// @param protocol IANA's number
    /// @param port the destination port; not looked at for protocols that policies know no ports of
    public static int at(int protocol, int port) {
        return Protocol.ofNumber(protocol).map(known -> at(known, port)).orElse(3 << 16);
    }

    static int at(Protocol protocol, int port) {
        return protocolClass(protocol) << 16 | port;
    }

    private static int protocolClass(Protocol protocol) {
        return switch (protocol) {
            case TCP -> 0;
            case UDP -> 1;
            case SCTP -> 2;
        };
    }
}
