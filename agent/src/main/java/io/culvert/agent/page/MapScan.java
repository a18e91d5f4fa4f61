// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowStore;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Draws the map from the flows of the last minute, when somebody asks; all who ask within a second get the same.
final class MapScan {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final long FRESH = 1_000_000_000L;

    /// Flows that are looked at, at most: the newest.
    private static final int MOST = 100_000;

    private final PageSource source;
    private final LongSupplier clock;
    private @Nullable MapView last;
    private long lastTime;

    MapScan(PageSource source) {
        this(source, System::nanoTime);
    }

    /// @param clock CLOCK_MONOTONIC, as flows have it
    MapScan(PageSource source, LongSupplier clock) {
        this.source = source;
        this.clock = clock;
    }

    synchronized MapView view(PageSource.Live live) {
        long now = clock.getAsLong();
        if (last == null || now - lastTime > FRESH) {
            last = scan(live, now);
            lastTime = now;
        }
        return last;
    }

    private MapView scan(PageSource.Live live, long now) {
        FlowStore store = live.store();
        long end = store.written();
        long since = now - WINDOW.toNanos();
        long first = store.since(since);
        boolean partial = end - first > MOST || (first > 0 && first == store.oldest());
        FlowCursor cursor = store.cursor(Math.max(first, end - MOST));
        TrafficMap map = new TrafficMap(new FlowRows(live.names(), live.clock()));
        long[] earliest = {now};
        cursor.read(flow -> flow.time() >= since && TrafficMap.matters(flow), MOST, flow -> {
            earliest[0] = Math.min(earliest[0], flow.time());
            map.add(flow);
        });
        double seconds = partial ? Math.max(1, (now - earliest[0]) / 1e9) : WINDOW.toSeconds();
        List<MapView.Edge> edges = map.edges();
        List<MapView.Edge> shown = edges.subList(0, Math.min(TrafficMap.EDGES, edges.size()));
        return new MapView(
                source.nodeName(),
                seconds,
                end,
                end - store.oldest(),
                store.capacity(),
                live.ringLost().getAsLong(),
                partial,
                map.nodesOf(shown),
                shown,
                edges.size() - shown.size(),
                map.verdicts());
    }
}
