// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.RawFlow;
import io.culvert.maps.datapath.FlowReaper.Reaped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Frees the memory of flows that have expired, and of those that are stale for another reason. The datapath does not
/// wait for it: to programs an expired entry is as good as absent.
///
/// A pass has the kernel remove what it can; else it reads the whole table in batches. It remembers a bounded number of
/// entries that may go. Then it looks at those of each connection together and removes all or none: a flow that came to
/// life meanwhile stays.
public final class ConntrackGc {

    /// How often a pass should run.
    public static final Duration INTERVAL = Duration.ofSeconds(10);

    /// Entries that one pass remembers: some MiB for a moment, and some tens of milliseconds to look at.
    public static final int BOUND = 16_384;

    private final FlowEntries flows;
    private final FlowReap reap;
    private final FlowLifetimes timeouts;
    private final StaleFlows stale;
    private final LongSupplier clock;
    private final int bound;
    private final ConnectionEnds ended;
    private final AtomicLong removedInAll = new AtomicLong();
    private int skip;
    private volatile GcPass last = GcPass.NONE;

    /// @param reap of the same table
    /// @param ended is told of connections whose end no program told of
    public ConntrackGc(
            FlowEntries flows, FlowReap reap, FlowLifetimes timeouts, StaleFlows stale, ConnectionEnds ended) {
        this(flows, reap, timeouts, stale, ended, System::nanoTime, BOUND);
    }

    /// @param clock nanoseconds of CLOCK_MONOTONIC, which [System#nanoTime] is on Linux
    /// @param bound how many entries one pass may remember
    public ConntrackGc(
            FlowEntries flows,
            FlowReap reap,
            FlowLifetimes timeouts,
            StaleFlows stale,
            ConnectionEnds ended,
            LongSupplier clock,
            int bound) {
        this.flows = flows;
        this.reap = reap;
        this.timeouts = timeouts;
        this.stale = stale;
        this.clock = clock;
        this.bound = bound;
        this.ended = ended;
    }

    /// Passes until all is gone that could go when it began, so that what ended does not fill the table however much
    /// that is. What ends meanwhile is for the next time: others wait for this thread.
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
        StaleFlows.Pass pass = stale.pass();
        GcCandidates shown = new GcCandidates(pass);
        Optional<Reaped> reaped = reap(pass, start, shown);
        if (reaped.isPresent()) {
            return passed(start, reaped.get(), remove(shown, pass));
        }
        GcCandidates found = new GcCandidates(pass);
        Reaped seen = look(start, found);
        int removed = remove(found, pass);
        if (!seen.more() && skip == 0) {
            stale.seen(pass);
        }
        // Entries that stay although they look idle must not keep the next pass from those behind them.
        skip = seen.more() ? skip + Math.max(0, found.count() - removed) : 0;
        return passed(start, seen, removed);
    }

    private int remove(GcCandidates found, StaleFlows.Pass pass) {
        int removed = 0;
        for (FlowGroup group : found.connections()) {
            removed += found.isStale(group) ? removeIfStale(group, pass) : removeIfExpired(group);
        }
        return removed;
    }

    private GcPass passed(long start, Reaped reaped, int removedHere) {
        int removed = reaped.removed() + removedHere;
        removedInAll.addAndGet(removed);
        last = new GcPass(reaped.entries(), removed, reaped.more(), Duration.ofNanos(clock.getAsLong() - start));
        return last;
    }

    /// Programs do not know which pods went.
    private Optional<Reaped> reap(StaleFlows.Pass pass, long now, GcCandidates found) {
        return pass.isOfDeparted() ? Optional.empty() : reap.run(now, !ended.areHeard(), found::add);
    }

    private Reaped look(long now, GcCandidates found) {
        int[] entries = {0};
        int[] candidates = {0};
        flows.forEach(
                raw -> {
                    entries[0]++;
                    if (!found.notes(raw) && now - raw.lastSeen() <= timeouts.atLeastNanos(raw)) {
                        return false;
                    }
                    return ++candidates[0] > skip && found.count() < bound;
                },
                (_, flow) -> found.add(flow));
        return new Reaped(entries[0], 0, candidates[0] > skip + found.count());
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
            ended.tell(group.ended());
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
