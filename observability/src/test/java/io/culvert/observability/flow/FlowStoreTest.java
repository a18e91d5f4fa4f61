// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FlowStoreTest {

    private static final int ALL = Integer.MAX_VALUE;

    private static void add(FlowStore store, int from, int to) {
        for (int number = from; number < to; number++) {
            store.add(TestFlows.flow(number));
        }
        store.publish();
    }

    /// As the ring has them, some at a time.
    private static void addAtATime(FlowStore store, int flows, Random random) {
        try (var raw = new RawFlows()) {
            for (int number = 0; number < flows; number++) {
                store.add(raw.of(TestFlows.flow(number)));
                if (random.nextInt(100) == 0) {
                    store.publish();
                }
            }
            store.publish();
        }
    }

    private static List<Long> read(FlowCursor cursor, RawFilter filter) {
        List<Long> times = new ArrayList<>();
        int _ = cursor.read(filter, ALL, flow -> times.add(flow.time()));
        return times;
    }

    @Test
    void observersReadWhatComesEachAtItsOwnPace() {
        try (var store = new FlowStore(100)) {
            FlowCursor first = store.cursor(0);
            add(store, 0, 3);
            FlowCursor second = store.cursor(store.written());
            add(store, 3, 5);

            assertThat(read(first, RawFilter.ALL)).containsExactly(0L, 1L, 2L, 3L, 4L);
            assertThat(read(second, RawFilter.ALL)).containsExactly(3L, 4L);
            assertThat(read(first, RawFilter.ALL)).isEmpty();
            assertThat(first.takeLost()).isZero();
        }
    }

    @Test
    void whoIsTooSlowIsToldHowManyItLost() {
        try (var store = new FlowStore(10)) {
            FlowCursor slow = store.cursor(0);
            add(store, 0, 25);

            assertThat(read(slow, RawFilter.ALL)).containsExactly(15L, 16L, 17L, 18L, 19L, 20L, 21L, 22L, 23L, 24L);
            assertThat(slow.takeLost()).isEqualTo(15);
            assertThat(slow.takeLost()).isZero();
            assertThat(store.missed()).isEqualTo(15);
        }
    }

    @Test
    void aLimitIsForWhatIsLookedAt() {
        try (var store = new FlowStore(10)) {
            add(store, 0, 6);
            FlowCursor cursor = store.cursor(0);
            List<Event> found = new ArrayList<>();

            assertThat(cursor.read(RawFilter.kinds(Set.of(EventKind.DROP)), 4, found::add))
                    .isEqualTo(4);
            assertThat(cursor.position()).isEqualTo(4);
            assertThat(found).isEmpty();
        }
    }

    @Test
    void memoryIsTakenAsItIsNeeded() {
        try (var store = new FlowStore(100_000)) {
            assertThat(store.bytes()).isZero();
            add(store, 0, 1);
            assertThat(store.bytes()).isEqualTo(2 << 20);
            add(store, 1, 100_001);
            assertThat(store.bytes()).isEqualTo(12_800_000);
        }
    }

    @Test
    void whoWaitsIsWokenByWhatComes() {
        try (var store = new FlowStore(10)) {
            FlowCursor cursor = store.cursor(0);
            var came = CompletableFuture.supplyAsync(() -> {
                try {
                    return cursor.await(Duration.ofSeconds(50));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            add(store, 0, 1);
            assertThat(came.join()).isTrue();
        }
    }

    @Test
    void whoWaitsInVainIsToldSo() throws InterruptedException {
        try (var store = new FlowStore(10)) {
            assertThat(store.cursor(0).await(Duration.ofMillis(1))).isFalse();
        }
    }

    /// Each observer sees whole flows in their order, and each flow or that it lost it, while the writer goes round and
    /// round.
    @Test
    void nothingIsTornAndNothingIsLostUnsaid() {
        long seed = Long.getLong("flows.seed", new Random().nextLong());
        System.out.println("FlowStoreTest: -Dflows.seed=" + seed);
        var random = new Random(seed);
        int flows = 300_000;
        try (var store = new FlowStore(50 + random.nextInt(5000))) {
            var done = new AtomicBoolean();
            List<CompletableFuture<Seen>> observers = IntStream.range(0, 3)
                    .mapToObj(_ -> {
                        FlowCursor cursor = store.cursor(0);
                        var own = new Random(random.nextLong());
                        return CompletableFuture.supplyAsync(() -> Seen.observe(cursor, own, done));
                    })
                    .toList();
            addAtATime(store, flows, random);
            done.set(true);

            for (CompletableFuture<Seen> observer : observers) {
                Seen seen = observer.join();
                assertThat(seen.torn).isZero();
                assertThat(seen.disordered).isZero();
                assertThat(seen.flows + seen.lost).isEqualTo(flows);
            }
        }
    }

    private static final class Seen {

        private long flows;
        private long lost;
        private long torn;
        private long disordered;
        private long last = -1;

        static Seen observe(FlowCursor cursor, Random random, AtomicBoolean done) {
            var seen = new Seen();
            boolean last;
            int looked;
            do {
                last = done.get();
                looked = cursor.read(RawFilter.ALL, 1 + random.nextInt(2000), seen::add);
                seen.lost += cursor.takeLost();
            } while (!last || looked > 0);
            return seen;
        }

        private void add(Event flow) {
            flows++;
            torn += TestFlows.isWhole(flow) ? 0 : 1;
            disordered += flow.time() > last ? 0 : 1;
            last = flow.time();
        }
    }
}
