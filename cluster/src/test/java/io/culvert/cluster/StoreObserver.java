// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import static org.awaitility.Awaitility.await;

import io.culvert.cluster.policy.PolicyState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// A store for one source, and every update it delivered.
public final class StoreObserver implements AutoCloseable {

    private final ClusterStore store;
    private final List<ClusterUpdate> updates = new CopyOnWriteArrayList<>();
    private final List<ClusterUpdate> policyUpdates = new CopyOnWriteArrayList<>();

    public StoreObserver(String source) {
        store = new ClusterStore(Set.of(source));
        store.subscribe(updates::add);
        store.subscribePolicies(policyUpdates::add);
    }

    public ClusterStore store() {
        return store;
    }

    public List<ClusterUpdate> updates() {
        return updates;
    }

    public List<ClusterUpdate> policyUpdates() {
        return policyUpdates;
    }

    /// Waits until the newest state that was delivered for policies is as wanted, ten seconds at most.
    public PolicyState awaitPolicies(String what, Predicate<PolicyState> wanted) {
        await(what)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !policyUpdates.isEmpty()
                        && wanted.test(policyUpdates.getLast().state().policies()));
        return policyUpdates.getLast().state().policies();
    }

    /// Waits until the newest delivered state is as wanted, ten seconds at most.
    public ClusterState awaitState(String what, Predicate<ClusterState> wanted) {
        await(what)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !updates.isEmpty() && wanted.test(updates.getLast().state()));
        return updates.getLast().state();
    }

    @Override
    public void close() {
        store.close();
    }
}
