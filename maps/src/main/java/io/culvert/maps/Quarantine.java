// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How long what programs may still read is kept from reuse. A program that loaded a word just before it changed goes
/// on with what the word led to; no program of Culvert runs for anything near the standard time.
///
/// @param clock monotonic nanoseconds, as [System#nanoTime]
/// @param nanos how long
public record Quarantine(LongSupplier clock, long nanos) {

    /// One second of [System#nanoTime].
    public static final Quarantine STANDARD =
            new Quarantine(System::nanoTime, Duration.ofSeconds(1).toNanos());

    /// For those who know by other means that no program reads what they release.
    public static final Quarantine NONE = new Quarantine(() -> 0, 0);

    public Quarantine {
        if (nanos < 0) {
            throw new IllegalArgumentException("a quarantine of " + nanos + " ns");
        }
    }

    long now() {
        return clock.getAsLong();
    }

    /// Whether what was released at `since` may be used again. Differences survive an overflow of the clock.
    boolean isOver(long since) {
        return now() - since >= nanos;
    }
}
