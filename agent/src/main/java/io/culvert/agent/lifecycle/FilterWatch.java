// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at rules of netfilter from time to time, on a thread of its own: the programs that tell of them may hang.
final class FilterWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FilterWatch.class);
    private static final long SECONDS = 10;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("filter-watch").daemon().factory());

    private FilterWatch() {}

    static FilterWatch start(NodeState state) {
        FilterWatch watch = new FilterWatch();
        var _ = watch.executor.scheduleWithFixedDelay(() -> look(state), 0, SECONDS, TimeUnit.SECONDS);
        return watch;
    }

    private static void look(NodeState state) {
        try {
            state.kernel().ifPresent(kernel -> kernel.fastPath().look());
        } catch (RuntimeException e) {
            LOG.warn("fast path: {}; trying again", e.getMessage());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
