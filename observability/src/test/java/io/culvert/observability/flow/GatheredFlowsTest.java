// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is added as the ring has it, which is written some at a time.
@Timeout(60)
final class GatheredFlowsTest {

    private static final int ALL = Integer.MAX_VALUE;
    /// Flows that memory is taken for at once.
    private static final int PIECE = 1 << 14;

    @AutoClose
    private final RawFlows raw = new RawFlows();

    private void add(FlowStore store, long from, long to) {
        for (long number = from; number < to; number++) {
            store.add(raw.of(TestFlows.flow(number)));
        }
    }

    private static List<Long> read(FlowCursor cursor) {
        List<Long> times = new ArrayList<>();
        int _ = cursor.read(RawFilter.ALL, ALL, flow -> {
            assertThat(TestFlows.isWhole(flow)).isTrue();
            times.add(flow.time());
        });
        return times;
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    @Test
    void areSeenWhenTheyArePublished() {
        try (var store = new FlowStore(1000)) {
            FlowCursor cursor = store.cursor(0);
            add(store, 0, 3);
            store.publish();
            assertThat(read(cursor)).containsExactly(0L, 1L, 2L);
            add(store, 3, 203);
            store.publish();
            assertThat(read(cursor)).isEqualTo(numbers(3, 203));
            store.publish();
            assertThat(store.written()).isEqualTo(203);
        }
    }

    /// Who reads a busy ring publishes late.
    @Test
    void areSeenWithoutThatWhenThereAreMany() {
        try (var store = new FlowStore(1000)) {
            FlowCursor cursor = store.cursor(0);
            add(store, 0, 500);
            assertThat(read(cursor)).hasSizeGreaterThan(400);
        }
    }

    @Test
    void areBeforeAFlowThatIsAddedByItselfLater() {
        try (var store = new FlowStore(1000)) {
            FlowCursor cursor = store.cursor(0);
            add(store, 0, 3);
            store.add(TestFlows.flow(3));
            assertThat(read(cursor)).containsExactly(0L, 1L, 2L, 3L);
            add(store, 4, 6);
            store.publish();
            assertThat(read(cursor)).containsExactly(4L, 5L);
        }
    }

    @Test
    void fitAStoreThatIsSmallerThanWhatIsWrittenAtATime() {
        try (var store = new FlowStore(10)) {
            add(store, 0, 37);
            store.publish();
            FlowCursor cursor = store.cursor(0);
            assertThat(cursor.position()).isEqualTo(27);
            assertThat(read(cursor)).isEqualTo(numbers(27, 37));
        }
    }

    /// Across ends of blocks, of pieces of memory, and of the store, published after any number of flows.
    @Test
    void haveTheirNumbersAndTheirOrder() {
        long seed = Long.getLong("flows.seed", new Random().nextLong());
        System.out.println("GatheredFlowsTest: -Dflows.seed=" + seed);
        var random = new Random(seed);
        int capacity = PIECE + random.nextInt(PIECE);
        try (var store = new FlowStore(capacity)) {
            FlowCursor cursor = store.cursor(0);
            long next = 0;
            while (next < 4L * capacity) {
                long end = next + random.nextInt(random.nextBoolean() ? 100 : 3000);
                add(store, next, end);
                if (random.nextInt(4) == 0) {
                    store.add(TestFlows.flow(end++));
                }
                store.publish();

                assertThat(store.written()).isEqualTo(end);
                assertThat(read(cursor)).isEqualTo(numbers(next, end));
                assertThat(store.since(next)).isBetween(Math.max(store.oldest(), next - 1024), next);
                next = end;
            }
            FlowCursor late = store.cursor(0);
            assertThat(late.position()).isEqualTo(next - capacity);
            assertThat(read(late)).isEqualTo(numbers(next - capacity, next));
            assertThat(late.takeLost() + cursor.takeLost()).isZero();
        }
    }
}
