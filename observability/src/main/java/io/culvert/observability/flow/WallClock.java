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

    /// The time of a flow of an instant, by the clock as it is now.
    public synchronized long monotonic(Instant instant) {
        long offset = changes.getLast().offset;
        Instant first = Instant.ofEpochSecond(0, Long.MIN_VALUE / 2);
        Instant last = Instant.ofEpochSecond(0, Long.MAX_VALUE / 2);
        Instant bounded = instant.isBefore(first) ? first : instant.isAfter(last) ? last : instant;
        return bounded.getEpochSecond() * SECOND + bounded.getNano() - offset;
    }
}
