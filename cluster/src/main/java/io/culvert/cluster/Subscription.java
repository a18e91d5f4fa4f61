// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.cluster.policy.PolicyChanges;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One subscriber of a [ClusterStore] and what it has not been told yet. Everything but [#give] needs the store's lock.
final class Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterStore.class);

    private final Topic topic;
    private final Consumer<ClusterUpdate> subscriber;
    private Differences pending = new Differences();
    private Differences underWay = new Differences();
    private long pendingSince;
    private long underWaySince;
    private boolean fresh = true;
    private boolean failed;
    private long notBefore;

    Subscription(Topic topic, Consumer<ClusterUpdate> subscriber) {
        this.topic = topic;
        this.subscriber = subscriber;
    }

    /// @param now [System#nanoTime]
    void add(Differences differences, long now) {
        // The first update of policies is everything; there may be 150,000 names until then.
        if (differences.isEmpty(topic) || (fresh && topic == Topic.POLICIES)) {
            return;
        }
        if (pending.isEmpty()) {
            pendingSince = now;
        }
        pending.add(topic, differences);
    }

    /// What the subscriber has not finished with.
    Differences unfinished() {
        Differences all = new Differences();
        all.add(topic, underWay);
        all.add(topic, pending);
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

    Topic topic() {
        return topic;
    }

    boolean failed() {
        return failed;
    }

    /// @param now [System#nanoTime]
    boolean due(long now) {
        return (fresh || !pending.isEmpty()) && (!failed || now - notBefore >= 0);
    }

    ClusterUpdate take(ClusterState state) {
        ClusterUpdate update = fresh ? everything(state) : pending(state);
        underWay = pending;
        underWaySince = pendingSince;
        pending = new Differences();
        fresh = false;
        failed = false;
        return update;
    }

    private ClusterUpdate everything(ClusterState state) {
        return switch (topic) {
            case SERVICES -> ClusterUpdate.everything(state, true);
            case POLICIES -> new ClusterUpdate(state, Set.of(), false, false, true, PolicyChanges.EVERYTHING);
        };
    }

    private ClusterUpdate pending(ClusterState state) {
        return new ClusterUpdate(state, pending.services, pending.nodes, pending.pods, true, pending.policyChanges());
    }

    /// Whether the subscriber took the update.
    boolean give(ClusterUpdate update) {
        try {
            subscriber.accept(update);
            return true;
        } catch (RuntimeException e) {
            LOG.error(
                    "apply changed {}: {}; the update is given again",
                    topic == Topic.SERVICES ? update.services().size() + " services" : "policies",
                    e.toString());
            LOG.debug("apply changes", e);
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
        pending.addPolicies(update.policies());
        this.failed = true;
        this.notBefore = notBefore;
    }
}
