// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import java.util.Optional;

/// What an event tells of.
public enum EventKind {
    /// A packet that goes on.
    TRACE(1),
    /// A packet that does not, or a system call that fails.
    DROP(2),
    /// What policies say of a new connection; a drop as well if they say no.
    VERDICT(3),
    /// The packet that ends a connection that was translated, with its totals.
    CLOSE(4),
    /// A socket is given a backend of the Service that it dials.
    SOCKET(5),
    /// Events that were lost; made by this process.
    LOST(6);

    /// `EVENT_KINDS`: numbers are below this.
    public static final int COUNT = 7;

    private static final EventKind[] BY_NUMBER = new EventKind[COUNT];

    static {
        for (EventKind kind : values()) {
            BY_NUMBER[kind.number] = kind;
        }
    }

    private final int number;

    EventKind(int number) {
        this.number = number;
    }

    /// `EVENT_TRACE` and others.
    public int number() {
        return number;
    }

    /// The kind with this number, or empty.
    public static Optional<EventKind> ofNumber(int number) {
        return number > 0 && number < COUNT ? Optional.of(BY_NUMBER[number]) : Optional.empty();
    }
}
