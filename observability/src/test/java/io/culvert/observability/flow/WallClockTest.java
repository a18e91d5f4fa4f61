// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class WallClockTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicLong monotonic = new AtomicLong(100 * SECOND);
    private final AtomicReference<Instant> wall = new AtomicReference<>(NOON);
    private final WallClock clock = new WallClock(wall::get, monotonic::get);

    @Test
    void timesAreThoseOfTheClockOnTheWall() {
        assertThat(clock.at(101 * SECOND + 7)).isEqualTo(NOON.plusSeconds(1).plusNanos(7));
        assertThat(clock.at(40 * SECOND)).isEqualTo(NOON.minusSeconds(60));
        assertThat(clock.monotonic(NOON.minusSeconds(60))).isEqualTo(40 * SECOND);
    }

    @Test
    void whatWasBeforeAJumpKeepsItsTime() {
        monotonic.set(200 * SECOND);
        wall.set(NOON.plusSeconds(3700));
        clock.check();

        assertThat(clock.at(199 * SECOND)).isEqualTo(NOON.plusSeconds(99));
        assertThat(clock.at(201 * SECOND)).isEqualTo(NOON.plusSeconds(3701));
        assertThat(clock.monotonic(NOON.plusSeconds(3701))).isEqualTo(201 * SECOND);
    }

    @Test
    void hugeInstantsAreBounded() {
        assertThat(clock.monotonic(Instant.MAX)).isPositive();
        assertThat(clock.monotonic(Instant.MIN)).isNegative();
    }
}
