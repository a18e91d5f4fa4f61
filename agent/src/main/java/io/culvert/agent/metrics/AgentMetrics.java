// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.servicelb.ApplyResult;
import io.culvert.servicelb.ProgrammingLatency.Observation;
import io.culvert.servicelb.conntrack.GcPass;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What the agent measures. May be used from any thread.
///
/// The registry costs a good part of the agent's start, so it is made by [#start], after the first Services are
/// programmed, or by the first scrape. What is measured before that waits for it.
public final class AgentMetrics {

    private final CompletableFuture<Meters> meters = new CompletableFuture<>();
    private final Supplier<Reading> source;
    private final boolean enabled;

    /// @param source is read for each scrape
    /// @param enabled whether anybody can ask; without it nothing is kept
    public AgentMetrics(Supplier<Reading> source, boolean enabled) {
        this.source = source;
        this.enabled = enabled;
    }

    /// Makes the registry, unless it is there.
    public synchronized void start() {
        if (enabled && !meters.isDone()) {
            meters.complete(new Meters(source));
        }
    }

    /// The metrics in Prometheus's text format.
    public String scrape() {
        start();
        return meters.join().scrape();
    }

    /// Notes an attempt to bring the kernel up to date.
    public void synced(ApplyResult result) {
        measured(all -> all.synced(result.took(), result.full()));
    }

    public void programmed(List<Observation> latencies) {
        if (!latencies.isEmpty()) {
            measured(all -> latencies.forEach(all::programmed));
        }
    }

    /// Notes a pass of the flow table's collector.
    public void collected(GcPass pass) {
        measured(all -> all.collected(pass.took()));
    }

    /// Notes how long a change of policies took until programs enforced it.
    public void policiesProgrammed(Duration took) {
        measured(all -> all.policiesProgrammed(took));
    }

    /// Notes how long a pod could talk without the policies that select it.
    public void podExposed(Duration time) {
        measured(all -> all.podExposed(time));
    }

    private void measured(Consumer<Meters> measurement) {
        if (enabled) {
            var _ = meters.thenAccept(measurement);
        }
    }
}
