// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import io.culvert.observability.flow.FlowHistory.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class FlowHistoryTest {

    private static final long TICK = 1000;

    @AutoClose
    private final FlowStore store = new FlowStore(5000);

    private final FlowHistory history = new FlowHistory(store);

    private void fill(int flows) {
        for (int number = 0; number < flows; number++) {
            store.add(TestFlows.flow(number * TICK));
        }
    }

    /// As the ring has them, some at a time.
    private void addAtATime(List<Event> flows) {
        try (var raw = new RawFlows()) {
            flows.forEach(flow -> store.add(raw.of(flow)));
            store.publish();
        }
    }

    private static List<Long> times(List<Event> flows) {
        return flows.stream().map(flow -> flow.time() / TICK).toList();
    }

    @Test
    void theLastAreInTheirOrder() {
        fill(12_000);

        assertThat(times(history.last(3, Period.ALL, RawFilter.ALL))).containsExactly(11_997L, 11_998L, 11_999L);
        assertThat(times(history.last(2, new Period(0, 9_000 * TICK), RawFilter.ALL)))
                .containsExactly(8_999L, 9_000L);
        assertThat(history.last(1, new Period(12_000 * TICK, Long.MAX_VALUE), RawFilter.ALL))
                .isEmpty();
        assertThat(history.last(10_000, Period.ALL, RawFilter.ALL)).hasSize(5000);
    }

    @Test
    void theFirstOfAPeriodAreFoundWhereItBegins() {
        fill(12_000);

        assertThat(times(history.first(2, new Period(8_000 * TICK, Long.MAX_VALUE), RawFilter.ALL)))
                .containsExactly(8_000L, 8_001L);
        assertThat(times(history.first(2, Period.ALL, RawFilter.ALL))).containsExactly(7_000L, 7_001L);
        assertThat(times(history.first(9, new Period(8_000 * TICK, 8_001 * TICK), RawFilter.ALL)))
                .containsExactly(8_000L, 8_001L);
        assertThat(store.since(8_000 * TICK)).isBetween(8_000L - 1024, 8_000L);
    }

    @Test
    void aHistoryOfNothingIsEmpty() {
        assertThat(history.last(1, Period.ALL, RawFilter.ALL)).isEmpty();
        assertThat(history.first(1, Period.ALL, RawFilter.ALL)).isEmpty();
        assertThat(store.since(Long.MAX_VALUE)).isZero();
    }

    /// Against a list of all flows, with times a little out of order, as processors that write at once make them.
    @Test
    void whatIsFoundIsWhatAListHas() {
        long seed = Long.getLong("flows.seed", new Random().nextLong());
        System.out.println("FlowHistoryTest: -Dflows.seed=" + seed);
        var random = new Random(seed);
        int count = 4000 + random.nextInt(4000);
        List<Event> flows = LongStream.range(0, count)
                .map(number -> number * TICK + random.nextInt(5 * (int) TICK))
                .mapToObj(time -> TestFlows.flow(time, random.nextInt(10) == 0 ? EventKind.DROP : EventKind.TRACE))
                .toList();
        addAtATime(flows);
        List<Event> kept = flows.subList(Math.max(0, count - store.capacity()), count);
        RawFilter drops = RawFilter.kinds(Set.of(EventKind.DROP));

        for (int i = 0; i < 200; i++) {
            long since = random.nextLong(count * TICK);
            Period period = new Period(since, since + random.nextLong(count * TICK));
            List<Event> wanted = kept.stream()
                    .filter(flow -> flow.kind() == EventKind.DROP && period.contains(flow.time()))
                    .toList();
            int number = 1 + random.nextInt(50);
            int some = Math.min(number, wanted.size());
            assertThat(history.first(number, period, drops)).isEqualTo(wanted.subList(0, some));
            assertThat(history.last(number, period, drops))
                    .isEqualTo(wanted.subList(wanted.size() - some, wanted.size()));
        }
    }

    /// Whoever goes by them sees each flow that is wanted, and few others.
    @Test
    void theWayToTheLastOnesLeadsPastFlowsThatNobodyWants() {
        long seed = Long.getLong("flows.seed", new Random().nextLong());
        System.out.println("FlowHistoryTest: -Dflows.seed=" + seed);
        var random = new Random(seed);
        int count = 4000 + random.nextInt(4000);
        List<Event> flows = LongStream.range(0, count)
                .mapToObj(number -> TestFlows.flow(number * TICK, kind(random)))
                .toList();
        addAtATime(flows);
        RawFilter drops = RawFilter.kinds(Set.of(EventKind.DROP, EventKind.LOST));
        for (int i = 0; i < 200; i++) {
            int oldest = (int) store.oldest();
            int end = oldest + random.nextInt(count - oldest + 1);
            int number = 1 + random.nextInt(30);
            List<Integer> wanted = new ArrayList<>();
            int begin = end;
            for (int found = 0; begin > oldest && found < number; ) {
                EventKind kind = flows.get(--begin).kind();
                if (kind != EventKind.TRACE) {
                    wanted.addFirst(begin);
                    found += kind == EventKind.DROP ? 1 : 0;
                }
            }

            LastFlows last = history.lastOf(end, number, Period.ALL, drops, _ -> true);

            assertThat(last.begin()).isEqualTo(begin);
            List<Integer> seen = new ArrayList<>();
            for (int at = (int) last.next(begin); at < end; at = (int) last.next(at + 1)) {
                seen.add(at);
            }
            assertThat(seen).isSorted().containsAll(wanted).hasSizeLessThanOrEqualTo(64 * wanted.size());
            assertThat(last.next(end + 5)).as("nothing is known of later ones").isEqualTo(end + 5);
        }
    }

    private static EventKind kind(Random random) {
        return switch (random.nextInt(400)) {
            case 0, 1 -> EventKind.DROP;
            case 2 -> EventKind.LOST;
            default -> EventKind.TRACE;
        };
    }
}
