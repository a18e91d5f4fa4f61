// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// What the clock on the wall showed when a flow was. Programs write CLOCK_MONOTONIC, which no clock change moves; a
/// change is noted here, so that flows before it keep the time that was told of them.
public final class WallClock {

    private static final long TOLERANCE = 1_000_000;
    private static final int CHANGES = 256;
    private static final long SECOND = 1_000_000_000L;

    private final InstantSource wall;
    private final LongSupplier monotonic;
    private final List<Change> changes = new ArrayList<>();

    private record Change(long since, long offset) {}

    /// @param monotonic nanoseconds of CLOCK_MONOTONIC, as [System#nanoTime] has on Linux
    public WallClock(InstantSource wall, LongSupplier monotonic) {
        this.wall = wall;
        this.monotonic = monotonic;
        changes.add(measure());
    }

    /// That of this machine.
    public static WallClock ofSystem() {
        return new WallClock(InstantSource.system(), System::nanoTime);
    }

    private Change measure() {
        long now = monotonic.getAsLong();
        Instant instant = wall.instant();
        return new Change(now, instant.getEpochSecond() * SECOND + instant.getNano() - now);
    }

    /// Looks at both clocks; call it now and then.
    public synchronized void check() {
        Change now = measure();
        if (Math.abs(now.offset - changes.getLast().offset) > TOLERANCE) {
            changes.add(now);
            if (changes.size() > CHANGES) {
                changes.removeFirst();
            }
        }
    }

    /// When a flow was.
    public synchronized Instant at(long time) {
        long offset = changes.getFirst().offset;
        for (Change change : changes) {
            if (change.since <= time) {
                offset = change.offset;
            }
        }
        long nanos = time + offset;
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    /// When the clock first showed an instant, or went past it.
    public synchronized long firstAt(Instant instant) {
        for (int i = 0; ; i++) {
            long time = Math.max(monotonic(instant, i), begin(i));
            if (time <= end(i)) {
                return time;
            }
        }
    }

    /// When it last showed no later one: where it was set back, that is after it did so for the first time.
    public synchronized long lastAt(Instant instant) {
        for (int i = changes.size() - 1; ; i--) {
            long time = Math.min(monotonic(instant, i), end(i));
            if (time >= begin(i)) {
                return time;
            }
        }
    }

    /// The first one holds for all that was before it, too.
    private long begin(int change) {
        return change == 0 ? Long.MIN_VALUE : changes.get(change).since;
    }

    private long end(int change) {
        return change == changes.size() - 1 ? Long.MAX_VALUE : begin(change + 1) - 1;
    }

    private long monotonic(Instant instant, int change) {
        Instant first = Instant.ofEpochSecond(0, Long.MIN_VALUE / 2);
        Instant last = Instant.ofEpochSecond(0, Long.MAX_VALUE / 2);
        Instant bounded = instant.isBefore(first) ? first : instant.isAfter(last) ? last : instant;
        return bounded.getEpochSecond() * SECOND + bounded.getNano() - changes.get(change).offset;
    }
}
