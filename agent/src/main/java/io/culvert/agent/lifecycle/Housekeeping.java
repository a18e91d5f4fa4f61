// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.health.RetriedServer;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is done from time to time, on one thread: retries of failed writes, cgroups that came late, expired flows,
/// audits.
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /// Milliseconds between looks at certificates of the Hubble API.
    private static final long FLOWS = 5_000;

    private final NodeState state;
    private final ScheduledExecutorService executor;
    private final EvictionNotice evictions;

    /// @param pages opened when the agent is ready, and as long as they are refused
    Housekeeping(Plan plan, NodeState state, Optional<RetriedServer> pages) {
        this.state = state;
        this.evictions = new EvictionNotice(plan.nodeName(), state.sources().events());
        this.executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("housekeeping").daemon().factory());
        every(1_000, state::maintain);
        every(
                1_000,
                () -> state.kernel().ifPresent(kernel -> kernel.policyFeed().maintain()));
        state.pluginChain().ifPresent(chain -> every(1_000, chain::look));
        every(FLOWS, state.flows()::maintain);
        pages.ifPresent(server -> {
            every(1_000, () -> {
                var _ = server.attempt();
            });
            var _ = state.ready().thenRun(() -> startMetrics(server));
        });
        var _ = state.ready().thenRun(() -> executor.execute(() -> attempt(this::stopCounting)));
        every(plan.gcInterval().toMillis(), this::collect);
        if (plan.auditInterval().isPositive()) {
            every(plan.auditInterval().toMillis(), this::audit);
        }
    }

    /// On a thread of its own: the first time costs as much as a hundred passes of everything else here.
    private void startMetrics(RetriedServer server) {
        var _ = Thread.ofPlatform()
                .daemon()
                .name("start-metrics")
                .start(() -> attempt(() -> {
                    var _ = server.attempt();
                    state.metrics().start();
                }));
    }

    private void every(long millis, Runnable task) {
        var _ = executor.scheduleWithFixedDelay(() -> attempt(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    private void audit() {
        state.kernel().ifPresent(kernel -> {
            var _ = kernel.audit().run(true);
        });
    }

    /// An agent that starts does not know whether sockets are counted that an earlier one left.
    private void stopCounting() {
        state.kernel().ifPresent(kernel -> kernel.audit().stopCounting());
    }

    private void collect() {
        state.kernel().ifPresent(kernel -> {
            kernel.gc().runAll(pass -> {
                state.metrics().collected(pass);
                LOG.debug("looked at {} flows, removed {} in {}", pass.entries(), pass.removed(), pass.took());
            });
            evictions.seen(kernel.datapath().maps().openedRing().evicted());
        });
    }

    /// A task that throws would never run again.
    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("housekeeping: {}; it is tried again", e.toString());
            LOG.debug("housekeeping", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            boolean _ = executor.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
