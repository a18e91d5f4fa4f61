// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

/// What a packet carries, with the names of Hubble's metrics.
public enum FlowProtocol {
    OTHER(0, "Unknown"),
    TCP(1, "TCP"),
    UDP(2, "UDP"),
    SCTP(3, "SCTP"),
    ICMPV4(4, "ICMPv4"),
    ICMPV6(5, "ICMPv6");

    /// Places are below this.
    static final int COUNT = 6;

    private static final FlowProtocol[] BY_PLACE = new FlowProtocol[COUNT];

    static {
        for (FlowProtocol protocol : values()) {
            BY_PLACE[protocol.place] = protocol;
        }
    }

    private final int place;
    private final String text;

    FlowProtocol(int place, String text) {
        this.place = place;
        this.text = text;
    }

    /// In arrays.
    int place() {
        return place;
    }

    static FlowProtocol at(int place) {
        return BY_PLACE[place];
    }

    /// @param number of IANA
    public static FlowProtocol of(int number) {
        return switch (number) {
            case 6 -> TCP;
            case 17 -> UDP;
            case 132 -> SCTP;
            case 1 -> ICMPV4;
            case 58 -> ICMPV6;
            default -> OTHER;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
