// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.RawEvent;
import java.time.Duration;
import java.util.function.Consumer;

/// Where one observer is. Not safe for use by several threads; others have cursors of their own.
public final class FlowCursor {

    /// Flows that are copied at a time: 2 KiB, of which there may be thousands.
    private static final int BLOCK = 16;

    private final FlowStore store;
    private final FlowWindow window;
    private long next;
    private long lost;

    FlowCursor(FlowStore store, long next) {
        this.store = store;
        this.window = new FlowWindow(store, BLOCK);
        this.next = next;
    }

    /// Gives the flows that come next and that `filter` wants to `consumer`, in their order, but looks at no more than
    /// `limit`. What was overwritten before it could be looked at is lost.
    ///
    /// @return how many were looked at or lost; 0: there are none
    public int read(RawFilter filter, int limit, Consumer<Event> consumer) {
        long from = next;
        skipOverwritten();
        long end = Math.min(store.written(), next + limit);
        while (next < end) {
            RawEvent flow = window.at(next++);
            if (flow == null) {
                lose(1);
            } else if (filter.test(flow)) {
                consumer.accept(flow.toEvent());
            }
        }
        return (int) Math.min(Integer.MAX_VALUE, next - from);
    }

    private void skipOverwritten() {
        long oldest = store.oldest();
        if (oldest > next) {
            lose(oldest - next);
            next = oldest;
        }
    }

    private void lose(long count) {
        lost += count;
        store.miss(count);
    }

    /// Waits until there is a flow to look at.
    ///
    /// @return whether there is
    /// @throws InterruptedException if the thread is interrupted
    public boolean await(Duration timeout) throws InterruptedException {
        return store.await(next, timeout.toMillis());
    }

    /// Goes on with a later flow; those between are not looked at, and not lost.
    public void skipTo(long number) {
        next = Math.max(next, number);
    }

    /// How many flows were overwritten before this observer looked at them, since this was last asked.
    public long takeLost() {
        long count = lost;
        lost = 0;
        return count;
    }

    /// The number of the flow that comes next.
    public long position() {
        return next;
    }
}
