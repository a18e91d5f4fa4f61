// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import java.util.Optional;

/// Where a program met what it tells of.
public enum EventHook {
    /// A system call.
    SOCKET(0),
    /// A packet that a pod sends.
    FROM_POD(1),
    /// A packet that a pod receives.
    TO_POD(2),
    /// A packet that comes in by a device of the node.
    FROM_NETWORK(3),
    /// A packet that leaves by one.
    TO_NETWORK(4);

    private static final EventHook[] HOOKS = values();

    private final int number;

    EventHook(int number) {
        this.number = number;
    }

    /// `EVENT_AT_*`
    public int number() {
        return number;
    }

    /// The hook with this number, or empty.
    public static Optional<EventHook> ofNumber(int number) {
        // Their numbers are their places.
        return number >= 0 && number < HOOKS.length ? Optional.of(HOOKS[number]) : Optional.empty();
    }
}
