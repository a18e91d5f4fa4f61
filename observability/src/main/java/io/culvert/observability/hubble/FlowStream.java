// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowHistory;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.LastFlows;
import io.culvert.observability.flow.RawFilter;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Flows on their way to one observer. It reads by a cursor of its own, and only as fast as the observer takes them:
/// one that stops loses what is overwritten meanwhile, and is told how much.
final class FlowStream {

    private static final Logger LOG = LoggerFactory.getLogger(FlowStream.class);

    /// Flows between two looks at whether the observer takes more.
    private static final int BATCH = 16;

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long SECOND = 1_000_000_000L;

    private final FlowStore store;
    private final FlowMessages messages;
    private final FlowQuery query;
    private final FlowSelection selection;
    private final Observation<GetFlowsResponse> observer;
    private final RawFilter filter;
    /// The number of the first flow that came after the call.
    private final long present;

    private long sent;
    private long lost;
    private long nextTold = System.nanoTime();

    FlowStream(
            FlowStore store,
            FlowMessages messages,
            FlowQuery query,
            FlowSelection selection,
            Observation<GetFlowsResponse> observer) {
        this.store = store;
        this.messages = messages;
        this.query = query;
        this.selection = selection;
        this.observer = observer;
        present = store.written();
        filter = query.period().filter().and(selection.raw());
    }

    /// Sends all that is wanted. Returns when there is no more, or when nobody wants it any more.
    ///
    /// @throws InterruptedException if the thread is interrupted
    void run() throws InterruptedException {
        long end = query.follow() ? Long.MAX_VALUE : present;
        LastFlows last = last();
        FlowCursor cursor = store.cursor(last.next(last.begin()));
        while (cursor.position() < end && !isDone(cursor.position()) && observer.awaitReady()) {
            int looked = read(cursor, (int) Math.min(BATCH, end - cursor.position()));
            cursor.skipTo(last.next(cursor.position()));
            lost += cursor.takeLost();
            tellLost(false);
            if (looked == 0) {
                boolean _ = cursor.await(PATIENCE);
            }
        }
        tellLost(true);
    }

    /// Those of the past.
    private LastFlows last() {
        if (query.isOfTheFuture()) {
            return LastFlows.allFrom(present);
        }
        return query.isFromTheEnd()
                ? new FlowHistory(store)
                        .lastOf(
                                present,
                                query.number(),
                                query.period(),
                                selection.raw(),
                                event -> selection.test(messages.flow(event)))
                : LastFlows.allFrom(store.since(query.period().since()));
    }

    private int read(FlowCursor cursor, int limit) {
        try {
            return cursor.read(filter, limit, this::send);
        } catch (CorruptRecordException e) {
            // Of another version, left in the ring: no flow of ours.
            LOG.debug("read a flow: {}", e.getMessage());
            return 1;
        }
    }

    private void send(Event event) {
        if (event.kind() == EventKind.LOST) {
            observer.send(messages.response(event));
            return;
        }
        if (isEnough()) {
            return;
        }
        Flow flow = messages.flow(event);
        if (selection.test(flow)) {
            sent++;
            observer.send(messages.response(flow, selection::show));
        }
    }

    private boolean isEnough() {
        return query.isCounted() && Long.compareUnsigned(sent, query.number()) >= 0;
    }

    /// Times of flows may be a little out of order, so that some of before may still come.
    private boolean isDone(long position) {
        long until = query.period().until();
        boolean past = query.follow()
                && position >= present
                && until < Long.MAX_VALUE - SECOND
                && System.nanoTime() > until + SECOND;
        return past || isEnough();
    }

    private void tellLost(boolean last) {
        long now = System.nanoTime();
        if (lost > 0 && (last || now - nextTold >= 0)) {
            observer.send(messages.overtaken(lost, InstantSource.system().instant()));
            lost = 0;
            nextTold = now + SECOND;
        }
    }
}
