// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One subscriber of a [ClusterStore] and what it has not been told yet. Everything but [#give] needs the store's lock.
final class Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterStore.class);

    private final Consumer<ClusterUpdate> subscriber;
    private Differences pending = new Differences();
    private boolean fresh = true;
    private boolean failed;
    private long notBefore;

    Subscription(Consumer<ClusterUpdate> subscriber) {
        this.subscriber = subscriber;
    }

    void add(Differences differences) {
        pending.add(differences);
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

    void putBack(ClusterUpdate update, long notBefore) {
        pending.services.addAll(update.services());
        pending.nodes |= update.nodesChanged();
        pending.pods |= update.podsChanged();
        this.failed = true;
        this.notBefore = notBefore;
    }
}
