// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/// Service indexes that no frontend leads to any more. Their extents stay a little longer than any program runs,
/// because one that has read a frontend just before may be about to read the extent.
final class Retirement {

    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Retired(int index, long due) {}

    private final ServiceTables tables;
    private final Deque<Retired> waiting = new ArrayDeque<>();

    Retirement(ServiceTables tables) {
        this.tables = tables;
    }

    void add(int index, long now) {
        waiting.addLast(new Retired(index, now + GRACE_NANOS));
    }

    /// Withdraws what has waited long enough.
    void process(long now) {
        for (Retired first = waiting.peekFirst(); first != null && now - first.due >= 0; first = waiting.peekFirst()) {
            tables.withdraw(first.index);
            waiting.removeFirst();
        }
    }
}
