// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import java.util.EnumSet;
import java.util.Set;

/// What else is known of an event.
public enum EventFlag {
    /// The packet goes to whoever opened the connection.
    IS_REPLY(1),
    /// Whether it is a reply is known.
    DIRECTED(1 << 1),
    /// [Event#translated] is set.
    ADDRESSED(1 << 2),
    /// [Event#service] is set.
    SERVICE(1 << 3),
    /// This node sent it.
    HOST(1 << 4),
    /// Dropped, and answered: a RST, an ICMP error, an error of the system call.
    REFUSED(1 << 5);

    private final int bit;

    EventFlag(int bit) {
        this.bit = bit;
    }

    /// `EVENT_FLAG_*`
    public int bit() {
        return bit;
    }

    static int bits(Set<EventFlag> flags) {
        return flags.stream().mapToInt(EventFlag::bit).reduce(0, (a, b) -> a | b);
    }

    static Set<EventFlag> of(int bits) {
        Set<EventFlag> flags = EnumSet.noneOf(EventFlag.class);
        for (EventFlag flag : values()) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
