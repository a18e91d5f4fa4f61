// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One subscriber of a [ClusterStore] and what it has not been told yet. Everything but [#give] needs the store's lock.
final class Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterStore.class);

    private final Consumer<ClusterUpdate> subscriber;
    private Differences pending = new Differences();
    private Differences underWay = new Differences();
    private long pendingSince;
    private long underWaySince;
    private boolean fresh = true;
    private boolean failed;
    private long notBefore;

    Subscription(Consumer<ClusterUpdate> subscriber) {
        this.subscriber = subscriber;
    }

    /// @param now [System#nanoTime]
    void add(Differences differences, long now) {
        if (pending.isEmpty()) {
            pendingSince = now;
        }
        pending.add(differences);
    }

    /// What the subscriber has not finished with.
    Differences unfinished() {
        Differences all = new Differences();
        all.add(underWay);
        all.add(pending);
        return all;
    }

    /// For how long the oldest change waits.
    ///
    /// @param now [System#nanoTime]
    Duration waiting(long now) {
        if (!underWay.isEmpty()) {
            return Duration.ofNanos(now - underWaySince);
        }
        return pending.isEmpty() ? Duration.ZERO : Duration.ofNanos(now - pendingSince);
    }

    boolean failed() {
        return failed;
    }

    /// @param now [System#nanoTime]
    boolean due(long now) {
        return (fresh || !pending.isEmpty()) && (!failed || now - notBefore >= 0);
    }

    ClusterUpdate take(ClusterState state) {
        ClusterUpdate update = fresh
                ? ClusterUpdate.everything(state, true)
                : new ClusterUpdate(state, pending.services, pending.nodes, pending.pods, true);
        underWay = pending;
        underWaySince = pendingSince;
        pending = new Differences();
        fresh = false;
        failed = false;
        return update;
    }

    /// Whether the subscriber took the update.
    boolean give(ClusterUpdate update) {
        try {
            subscriber.accept(update);
            return true;
        } catch (RuntimeException e) {
            LOG.error(
                    "apply {} changed services: {}; the update is given again",
                    update.services().size(),
                    e.toString());
            LOG.debug("apply changed services", e);
            return false;
        }
    }

    /// Notes that the subscriber has finished with the update.
    void done() {
        underWay = new Differences();
    }

    void putBack(ClusterUpdate update, long notBefore) {
        if (!underWay.isEmpty()) {
            pendingSince = underWaySince;
        }
        pending.serviceChanges += underWay.serviceChanges;
        pending.sliceChanges += underWay.sliceChanges;
        underWay = new Differences();
        pending.services.addAll(update.services());
        pending.nodes |= update.nodesChanged();
        pending.pods |= update.podsChanged();
        this.failed = true;
        this.notBefore = notBefore;
    }
}
