// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.RawEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Questions about what is kept.
public final class FlowHistory {

    /// Processors that write at once are less apart than this.
    static final long DISORDER = 1_000_000_000L;

    private final FlowStore store;

    public FlowHistory(FlowStore store) {
        this.store = store;
    }

    /// When flows are from: nanoseconds of CLOCK_MONOTONIC, both included.
    public record Period(long since, long until) {

        /// Always.
        public static final Period ALL = new Period(Long.MIN_VALUE, Long.MAX_VALUE);

        /// Flows of this time.
        public RawFilter filter() {
            return flow -> contains(flow.time());
        }

        boolean contains(long time) {
            return time >= since && time <= until;
        }
    }

    /// The last flows of a period that `filter` wants, in their order. Looks from the newest back.
    ///
    /// @param count at most
    public List<Event> last(int count, Period period, RawFilter filter) {
        List<Event> found = new ArrayList<>();
        RawEvent flow = new RawEvent();
        RawFilter wanted = period.filter().and(filter);
        long first = period.since == Long.MIN_VALUE ? 0 : store.since(period.since);
        for (long number = store.written() - 1; number >= first && found.size() < count; number--) {
            if (!store.read(number, flow, wanted, found::add)) {
                break;
            }
        }
        Collections.reverse(found);
        return found;
    }

    /// The number of the flow with which the last ones of a period begin that both want; if there are fewer than
    /// `count`,
    /// one before all of them. Keeps nothing, however many they are.
    ///
    /// @param end only flows before this number count
    /// @param wanted what cannot be told from numbers
    public long beginOfLast(long end, long count, Period period, RawFilter filter, Predicate<Event> wanted) {
        RawEvent flow = new RawEvent();
        RawFilter both = period.filter().and(filter);
        Tally tally = new Tally(wanted);
        long first = period.since == Long.MIN_VALUE ? store.oldest() : store.since(period.since);
        long number = end;
        while (number > first && Long.compareUnsigned(tally.count, count) < 0) {
            number--;
            if (!store.read(number, flow, both, tally)) {
                return number + 1;
            }
        }
        return number;
    }

    /// The number of the first flow of a period; that of the next one to come if there is none.
    public long begin(Period period) {
        RawEvent flow = new RawEvent();
        long number = store.since(period.since);
        while (number < store.written() && !isIn(period, number, flow)) {
            number++;
        }
        return number;
    }

    private boolean isIn(Period period, long number, RawEvent flow) {
        boolean _ = store.read(number, flow, _ -> false, _ -> {});
        return period.contains(flow.time()) && store.isKept(number);
    }

    private static final class Tally implements Consumer<Event> {

        private final Predicate<Event> wanted;
        private long count;

        Tally(Predicate<Event> wanted) {
            this.wanted = wanted;
        }

        @Override
        public void accept(Event event) {
            count += wanted.test(event) ? 1 : 0;
        }
    }

    /// The first ones.
    public List<Event> first(int count, Period period, RawFilter filter) {
        List<Event> found = new ArrayList<>();
        RawEvent flow = new RawEvent();
        RawFilter wanted = period.filter().and(filter);
        long end = store.written();
        long latest = period.until > Long.MAX_VALUE - DISORDER ? Long.MAX_VALUE : period.until + DISORDER;
        for (long number = store.since(period.since); number < end && found.size() < count; number++) {
            boolean _ = store.read(number, flow, wanted, found::add);
            if (flow.time() > latest && store.isKept(number)) {
                break;
            }
        }
        return found;
    }
}
