// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import java.util.Arrays;
import java.util.Optional;

/// What became of a packet or of a system call, with the numbers of Hubble.
public enum EventVerdict {
    FORWARDED(1),
    DROPPED(2),
    /// It passed, and would have been dropped without audit mode.
    AUDIT(4),
    /// A socket's destination was replaced.
    TRANSLATED(7);

    private final int number;

    EventVerdict(int number) {
        this.number = number;
    }

    /// `EVENT_FORWARDED` and others.
    public int number() {
        return number;
    }

    /// The verdict with this number, or empty.
    public static Optional<EventVerdict> ofNumber(int number) {
        return Arrays.stream(values())
                .filter(verdict -> verdict.number == number)
                .findFirst();
    }
}
