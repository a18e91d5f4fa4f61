// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SlotAllocatorTest {

    private static final long QUARANTINE = 100;

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 500); // overflows on the way

    private final Quarantine quarantine = new Quarantine(clock::get, QUARANTINE);

    private record Run(int start, int length, long since) {}

    static List<Arguments> seeds() {
        RandomGenerator random = RandomGenerator.getDefault();
        return random.longs(8).mapToObj(Arguments::of).toList();
    }

    /// The model is an array that says of each slot who owns it: free, a live run, or a run in quarantine.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neverOverlapsNeverLeaks(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int capacity = 256;
        var allocator = new SlotAllocator(capacity, quarantine);
        boolean[] busy = new boolean[4096];
        List<Run> live = new ArrayList<>();
        List<Run> waiting = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            clock.addAndGet(random.nextInt(20));
            int action = random.nextInt(100);
            if (action < 55) {
                int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 100 : 12);
                waiting.removeIf(run -> expire(run, busy));
                OptionalInt start = allocator.take(length);
                assertThat(allocator.quarantined())
                        .isEqualTo(waiting.stream().mapToInt(Run::length).sum());
                assertThat(start.isPresent())
                        .as("a run of %d exists", length)
                        .isEqualTo(longestFree(busy, capacity) >= length);
                if (start.isPresent()) {
                    mark(busy, start.getAsInt(), length);
                    live.add(new Run(start.getAsInt(), length, 0));
                }
            } else if (action < 99 && !live.isEmpty()) {
                Run run = live.remove(random.nextInt(live.size()));
                allocator.release(run.start(), run.length());
                waiting.add(new Run(run.start(), run.length(), clock.get()));
            } else if (capacity < 4096 && random.nextInt(20) == 0) {
                capacity += 1 + random.nextInt(200);
                capacity = Math.min(capacity, 4096);
                allocator.extend(capacity);
            }
            int used = live.stream().mapToInt(Run::length).sum();
            assertThat(allocator.capacity() - allocator.free() - allocator.quarantined())
                    .isEqualTo(used);
        }
        live.forEach(run -> allocator.release(run.start(), run.length()));
        clock.addAndGet(QUARANTINE);
        assertThat(allocator.take(capacity)).as("all slots merge into one run").hasValue(0);
    }

    private boolean expire(Run run, boolean[] busy) {
        boolean over = clock.get() - run.since() >= QUARANTINE;
        if (over) {
            java.util.Arrays.fill(busy, run.start(), run.start() + run.length(), false);
        }
        return over;
    }

    private static void mark(boolean[] busy, int start, int length) {
        for (int i = start; i < start + length; i++) {
            assertThat(busy[i]).as("slot %d is live or in quarantine", i).isFalse();
            busy[i] = true;
        }
    }

    private static int longestFree(boolean[] busy, int capacity) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < capacity; i++) {
            run = busy[i] ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    @Test
    void takesAnExactFitBeforeALowerLargerHole() {
        var allocator = new SlotAllocator(100, quarantine);
        assertThat(allocator.claim(10, 5)).isTrue(); // holes 0-9, 15-99
        assertThat(allocator.claim(18, 5)).isTrue(); // holes 0-9, 15-17, 23-99
        assertThat(allocator.take(3)).hasValue(15);
        assertThat(allocator.take(3)).hasValue(0);
        assertThat(allocator.take(8)).hasValue(23);
    }

    @Test
    void doesNotClaimWhatIsTaken() {
        var allocator = new SlotAllocator(100, quarantine);
        assertThat(allocator.claim(10, 5)).isTrue();
        assertThat(allocator.claim(14, 1)).isFalse();
        assertThat(allocator.claim(8, 3)).isFalse();
        assertThat(allocator.claim(99, 2)).isFalse();
        assertThat(allocator.claim(15, 85)).isTrue();
        assertThat(allocator.claim(0, 10)).isTrue();
        assertThat(allocator.free()).isZero();
    }
}
