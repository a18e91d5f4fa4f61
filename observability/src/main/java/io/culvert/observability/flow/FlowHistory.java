// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.RawEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Questions about what is kept.
public final class FlowHistory {

    /// Processors that write at once are less apart than this.
    static final long DISORDER = 1_000_000_000L;

    /// Flows that are copied at a time: 8 KiB, which a processor has at hand.
    private static final int BLOCK = 64;

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
            return equals(ALL) ? RawFilter.ALL : flow -> contains(flow.time());
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
        FlowWindow window = new FlowWindow(store, BLOCK);
        RawFilter wanted = period.filter().and(filter);
        long first = period.since == Long.MIN_VALUE ? 0 : store.since(period.since);
        for (long number = store.written() - 1; number >= first && found.size() < count; number--) {
            RawEvent flow = window.at(number);
            if (flow == null) {
                break;
            }
            if (wanted.test(flow)) {
                found.add(flow.toEvent());
            }
        }
        Collections.reverse(found);
        return found;
    }

    /// Where the last flows of a period are that both want. Keeps none of them, however many they are. What says
    /// that flows were lost is among them and does not count.
    ///
    /// @param end only flows before this number count
    /// @param wanted what cannot be told from numbers
    public LastFlows lastOf(long end, long count, Period period, RawFilter filter, Predicate<Event> wanted) {
        LastFlows last = new LastFlows(end);
        FlowWindow window = new FlowWindow(store, BLOCK);
        RawFilter both = period.filter().and(filter);
        long first = period.since == Long.MIN_VALUE ? store.oldest() : store.since(period.since);
        long found = 0;
        for (long number = end - 1; number >= first && Long.compareUnsigned(found, count) < 0; number--) {
            RawEvent flow = window.at(number);
            if (flow == null) {
                break;
            }
            if (both.test(flow)) {
                Event event = flow.toEvent();
                boolean loss = event.kind() == EventKind.LOST;
                if (loss || wanted.test(event)) {
                    last.want(number);
                    found += loss ? 0 : 1;
                }
            }
            last.begin(number);
        }
        return last;
    }

    /// The number of the first flow of a period; that of the next one to come if there is none.
    public long begin(Period period) {
        FlowWindow window = new FlowWindow(store, BLOCK);
        long number = store.since(period.since);
        while (number < store.written() && !isIn(period, window.at(number))) {
            number++;
        }
        return number;
    }

    private static boolean isIn(Period period, @Nullable RawEvent flow) {
        return flow != null && period.contains(flow.time());
    }

    /// The first ones.
    public List<Event> first(int count, Period period, RawFilter filter) {
        List<Event> found = new ArrayList<>();
        FlowWindow window = new FlowWindow(store, BLOCK);
        RawFilter wanted = period.filter().and(filter);
        long end = store.written();
        long latest = period.until > Long.MAX_VALUE - DISORDER ? Long.MAX_VALUE : period.until + DISORDER;
        for (long number = store.since(period.since); number < end && found.size() < count; number++) {
            RawEvent flow = window.at(number);
            if (flow != null && wanted.test(flow)) {
                found.add(flow.toEvent());
            }
            if (flow != null && flow.time() > latest) {
                break;
            }
        }
        return found;
    }
}
