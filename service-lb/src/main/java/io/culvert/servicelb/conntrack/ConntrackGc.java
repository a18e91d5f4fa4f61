// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Frees the memory of flows that have expired, and of those that are stale for another reason. The datapath does not
/// wait for it: to programs an expired entry is as good as absent.
///
/// A pass reads the whole table in batches and remembers the entries that may have expired, at most so many; then it
/// looks at each together with the others of its connection and removes all or none. An entry is read again just
/// before: a flow that came to life meanwhile stays.
public final class ConntrackGc {

    /// How often a pass should run.
    public static final Duration INTERVAL = Duration.ofSeconds(10);

    /// Entries that one pass remembers: some MiB for a moment, and some tens of milliseconds to look at.
    public static final int BOUND = 16_384;

    private final FlowEntries flows;
    private final FlowLifetimes timeouts;
    private final StaleFlows stale;
    private final LongSupplier clock;
    private final int bound;
    private final Consumer<EndedConnection> ended;
    private final AtomicLong removedInAll = new AtomicLong();
    private int skip;
    private volatile GcPass last = GcPass.NONE;

    /// @param ended is told of connections whose end no program told of
    public ConntrackGc(FlowEntries flows, FlowLifetimes timeouts, StaleFlows stale, Consumer<EndedConnection> ended) {
        this(flows, timeouts, stale, ended, System::nanoTime, BOUND);
    }

    /// @param clock nanoseconds of CLOCK_MONOTONIC, which [System#nanoTime] is on Linux
    /// @param bound how many entries one pass may remember
    public ConntrackGc(
            FlowEntries flows,
            FlowLifetimes timeouts,
            StaleFlows stale,
            Consumer<EndedConnection> ended,
            LongSupplier clock,
            int bound) {
        this.flows = flows;
        this.timeouts = timeouts;
        this.stale = stale;
        this.clock = clock;
        this.bound = bound;
        this.ended = ended;
    }

    /// One pass through the table.
    public synchronized GcPass run() {
        long start = clock.getAsLong();
        Map<FlowKey, Flow> idle = new HashMap<>();
        int[] entries = {0};
        int[] candidates = {0};
        StaleFlows.Pass pass = stale.pass();
        flows.forEach((key, flow) -> {
            entries[0]++;
            if (start - flow.lastSeen() > timeouts.atLeastNanos(flow) || pass.test(flow)) {
                candidates[0]++;
                if (candidates[0] > skip && idle.size() < bound) {
                    idle.put(key, flow);
                }
            }
        });
        boolean more = candidates[0] > skip + idle.size();
        int removed = 0;
        for (Map.Entry<FlowKey, Flow> entry : idle.entrySet()) {
            removed += pass.test(entry.getValue())
                    ? removeIfStale(entry.getKey(), pass)
                    : removeIfExpired(entry.getKey(), entry.getValue());
        }
        if (!more) {
            stale.seen(pass);
        }
        // Entries that stay although they look idle must not keep the next pass from those behind them.
        skip = more ? skip + Math.max(0, idle.size() - removed) : 0;
        removedInAll.addAndGet(removed);
        last = new GcPass(entries[0], removed, more, Duration.ofNanos(clock.getAsLong() - start));
        return last;
    }

    /// @return how many entries were removed: none, or all that the connection has
    private int removeIfExpired(FlowKey key, Flow flow) {
        Optional<Flow> now = flows.get(key);
        if (now.isEmpty() || now.get().lastSeen() != flow.lastSeen()) {
            return 0;
        }
        FlowGroup group = FlowGroup.of(now.get(), flows::get);
        return group.expiresIn(timeouts, clock.getAsLong()) < 0 ? remove(group) : 0;
    }

    /// The key may be another connection's by now.
    private int removeIfStale(FlowKey key, StaleFlows.Pass pass) {
        return flows.get(key)
                .filter(pass)
                .map(flow -> remove(FlowGroup.of(flow, flows::get)))
                .orElse(0);
    }

    private int remove(FlowGroup group) {
        int removed = group.removeFrom(flows);
        if (removed > 0 && (group.state() & FlowFlag.TOLD.bit()) == 0) {
            ended.accept(group.ended());
        }
        return removed;
    }

    /// The latest pass; nothing before the first.
    public GcPass last() {
        return last;
    }

    /// Entries removed since the start.
    public long removed() {
        return removedInAll.get();
    }
}
