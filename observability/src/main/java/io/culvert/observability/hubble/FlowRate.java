// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.flow.FlowHistory;
import io.culvert.observability.flow.FlowHistory.Period;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.RawFilter;

/// How many flows come in a second, over the last minute.
final class FlowRate {

    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final FlowStore store;
    private final long started;

    /// @param started when the first flow may have come, as [System#nanoTime]
    FlowRate(FlowStore store, long started) {
        this.store = store;
        this.started = started;
    }

    double at(long now) {
        long since = Math.max(started, now - MINUTE);
        long first = new FlowHistory(store).begin(new Period(since, Long.MAX_VALUE));
        long count = store.written() - first;
        if (count == 0 || now <= since) {
            return 0;
        }
        // A store that holds less than a minute tells of what it holds.
        boolean whole = first > store.oldest() || store.oldest() == 0;
        long from = whole ? since : Math.max(since, oldestTime(now));
        return count * (double) SECOND / Math.max(1, now - from);
    }

    private long oldestTime(long otherwise) {
        return new FlowHistory(store)
                .first(1, Period.ALL, RawFilter.ALL).stream()
                        .mapToLong(event -> event.time())
                        .findFirst()
                        .orElse(otherwise);
    }
}
