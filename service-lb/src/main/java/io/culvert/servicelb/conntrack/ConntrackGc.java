// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.RawFlow;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Frees the memory of flows that have expired, and of those that are stale for another reason. The datapath does not
/// wait for it: to programs an expired entry is as good as absent.
///
/// A pass reads the whole table in batches and remembers the entries that may have expired, at most so many; then it
/// looks at those of each connection together and removes all or none: a flow that came to life meanwhile stays.
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

    /// Passes until all is gone that could go when it began, so that what ended does not fill the table however much
    /// that
    /// is. What ends meanwhile is for the next time: others wait for this thread.
    ///
    /// @param each is told of every pass
    public void runAll(Consumer<GcPass> each) {
        GcPass pass = run();
        each.accept(pass);
        for (int left = pass.entries() / bound; left > 0 && pass.more() && pass.removed() > 0; left--) {
            pass = run();
            each.accept(pass);
        }
    }

    /// One pass through the table.
    public synchronized GcPass run() {
        long start = clock.getAsLong();
        FlowGroups idle = new FlowGroups();
        int[] entries = {0};
        int[] remembered = {0};
        boolean[] anyStale = {false};
        int[] candidates = {0};
        StaleFlows.Pass pass = stale.pass();
        flows.forEach(
                raw -> {
                    entries[0]++;
                    boolean isStale = pass.test(raw);
                    if (!isStale && start - raw.lastSeen() <= timeouts.atLeastNanos(raw)) {
                        return false;
                    }
                    anyStale[0] |= isStale;
                    return ++candidates[0] > skip && remembered[0] < bound;
                },
                (_, flow) -> {
                    remembered[0]++;
                    idle.add(flow);
                });
        boolean more = candidates[0] > skip + remembered[0];
        int removed = 0;
        for (FlowGroup group : idle.all()) {
            removed += anyStale[0] && pass.test(RawFlow.of(group.any()))
                    ? removeIfStale(group, pass)
                    : removeIfExpired(group);
        }
        if (!more) {
            stale.seen(pass);
        }
        // Entries that stay although they look idle must not keep the next pass from those behind them.
        skip = more ? skip + Math.max(0, remembered[0] - removed) : 0;
        removedInAll.addAndGet(removed);
        last = new GcPass(entries[0], removed, more, Duration.ofNanos(clock.getAsLong() - start));
        return last;
    }

    /// @param idle entries of a connection that were seen to be idle; others of it may be there
    private int removeIfExpired(FlowGroup idle) {
        if (idle.isWhole()) {
            return remove(idle);
        }
        Flow flow = idle.any();
        return flows.get(flow.key())
                .filter(now -> now.lastSeen() == flow.lastSeen())
                .map(now -> remove(FlowGroup.of(now, flows::get)))
                .orElse(0);
    }

    /// @return how many entries were removed: none, or all that the connection has
    private int remove(FlowGroup group) {
        return group.expiresIn(timeouts, clock.getAsLong()) < 0 ? tell(group, flows.removeIdle(group.entries())) : 0;
    }

    /// The key may be another connection's by now.
    private int removeIfStale(FlowGroup idle, StaleFlows.Pass pass) {
        return flows.get(idle.any().key())
                .filter(flow -> pass.test(RawFlow.of(flow)))
                .map(flow -> FlowGroup.of(flow, flows::get))
                .map(group -> tell(group, group.removeFrom(flows)))
                .orElse(0);
    }

    private int tell(FlowGroup group, int removed) {
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
