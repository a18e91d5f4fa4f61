// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/// Server-sent events for one browser: `flows` with rows, `lost` with what it was not shown. It has a cursor and a
/// thread of its own, so that one that does not read keeps nobody waiting.
final class FlowStream {

    /// Flows that are looked at for the first rows.
    static final int HISTORY = 20_000;

    /// Flows that may wait to be looked at; before them, the stream goes on with the newest.
    static final int BACKLOG = 50_000;

    /// Rows that are sent at a time: more than anybody reads.
    static final int ROWS = 100;

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration BEAT = Duration.ofSeconds(10);

    private final FlowStore store;
    private final FlowRows rows;
    private final FlowQuery query;
    private final StreamSlots.Slot slot;
    private final OutputStream out;
    private FlowCursor cursor;
    private long missed;
    private long ringLost;

    /// @param out of this client alone
    FlowStream(PageSource.Live live, FlowQuery query, StreamSlots.Slot slot, OutputStream out) {
        this.store = live.store();
        this.rows = new FlowRows(live.names(), live.clock());
        this.query = query;
        this.slot = slot;
        this.out = out;
        this.cursor = store.cursor(Math.max(0, store.written() - HISTORY));
    }

    /// @param missed flows that passed unseen, whether or not they would have matched: there were too many, or the
    /// client did not read
    /// @param ring events that programs found no room for
    record Lost(long missed, long ring) {}

    /// Sends until the client goes.
    ///
    /// @param after number of the last flow that the client has; negative: it has none
    /// @throws IOException when it is gone
    /// @throws InterruptedException when the server ends, or the client has to give way
    void run(long after) throws IOException, InterruptedException {
        send("retry: 2000\n\n");
        if (after >= 0 && after < store.written()) {
            resume(after + 1);
        } else {
            send("flows", lastRows());
        }
        while (true) {
            if (!cursor.await(BEAT)) {
                send(": nothing\n\n");
            }
            tick();
            Thread.sleep(PAUSE);
        }
    }

    private void resume(long next) {
        cursor = store.cursor(next);
        missed += cursor.position() - next;
    }

    private List<FlowRow> lastRows() {
        Deque<FlowRow> last = new ArrayDeque<>();
        long end = store.written();
        while (cursor.position() < end && read(last, Integer.MAX_VALUE)) {
            if (last.size() > query.last()) {
                last.removeFirst();
            }
        }
        // What was lost before anybody looked is not of interest.
        missed = 0;
        ringLost = 0;
        return List.copyOf(last);
    }

    private void tick() throws IOException {
        long newest = store.written();
        if (newest - cursor.position() > BACKLOG) {
            missed += newest - BACKLOG - cursor.position();
            cursor = store.cursor(newest - BACKLOG);
        }
        List<FlowRow> found = new ArrayList<>();
        while (cursor.position() < newest && read(found, ROWS)) {}
        if (missed > 0 || ringLost > 0) {
            send("lost", new Lost(missed, ringLost));
            missed = 0;
            ringLost = 0;
        }
        if (!found.isEmpty()) {
            send("flows", found);
        }
    }

    /// Looks at one flow.
    private boolean read(Collection<FlowRow> found, int limit) {
        boolean any = cursor.read(query.raw(), 1, flow -> take(flow, found, limit)) > 0;
        missed += cursor.takeLost();
        return any;
    }

    private void take(Event flow, Collection<FlowRow> found, int limit) {
        if (flow.kind() == EventKind.LOST) {
            ringLost += flow.detail().first();
        } else if (found.size() >= limit) {
            missed++;
        } else {
            FlowRow row = rows.of(cursor.position() - 1, flow);
            if (query.named().test(row)) {
                found.add(row);
            }
        }
    }

    private void send(String event, Object data) throws IOException {
        send("event: " + event + "\nid: " + (cursor.position() - 1) + "\ndata: " + Json.of(data) + "\n\n");
    }

    private void send(String text) throws IOException {
        slot.beginWrite();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
        slot.endWrite();
    }
}
