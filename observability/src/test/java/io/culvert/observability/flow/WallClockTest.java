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
        assertThat(clock.firstAt(NOON.minusSeconds(60))).isEqualTo(40 * SECOND);
        assertThat(clock.lastAt(NOON.minusSeconds(60))).isEqualTo(40 * SECOND);
    }

    @Test
    void whatWasBeforeAJumpKeepsItsTime() {
        jump(200, 3700);

        assertThat(clock.at(199 * SECOND)).isEqualTo(NOON.plusSeconds(99));
        assertThat(clock.at(201 * SECOND)).isEqualTo(NOON.plusSeconds(3701));
        assertThat(clock.firstAt(NOON.plusSeconds(3701))).isEqualTo(201 * SECOND);
        assertThat(clock.lastAt(NOON.plusSeconds(99))).isEqualTo(199 * SECOND);
    }

    @Test
    void whatTheClockNeverShowedIsWhereItJumped() {
        jump(200, 3700);

        assertThat(clock.firstAt(NOON.plusSeconds(1_000))).isEqualTo(200 * SECOND);
        assertThat(clock.lastAt(NOON.plusSeconds(1_000))).isEqualTo(200 * SECOND - 1);
    }

    @Test
    void whatTheClockShowedTwiceIsFromTheFirstTimeToTheLast() {
        jump(200, 40);

        assertThat(clock.at(199 * SECOND)).isEqualTo(NOON.plusSeconds(99));
        assertThat(clock.at(220 * SECOND)).isEqualTo(NOON.plusSeconds(60));
        assertThat(clock.firstAt(NOON.plusSeconds(60))).isEqualTo(160 * SECOND);
        assertThat(clock.lastAt(NOON.plusSeconds(60))).isEqualTo(220 * SECOND);
        assertThat(clock.firstAt(NOON.plusSeconds(20))).isEqualTo(120 * SECOND);
        assertThat(clock.lastAt(NOON.plusSeconds(20))).isEqualTo(120 * SECOND);
        assertThat(clock.firstAt(NOON.plusSeconds(200))).isEqualTo(360 * SECOND);
    }

    /// At `seconds` of CLOCK_MONOTONIC the clock is set to `past` seconds after noon.
    private void jump(long seconds, long past) {
        monotonic.set(seconds * SECOND);
        wall.set(NOON.plusSeconds(past));
        clock.check();
    }

    @Test
    void hugeInstantsAreBounded() {
        assertThat(clock.firstAt(Instant.MAX)).isPositive();
        assertThat(clock.lastAt(Instant.MIN)).isNegative();
    }
}
