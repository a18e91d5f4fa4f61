// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// A store for one source, and every update it delivered.
public final class StoreObserver implements AutoCloseable {

    private final ClusterStore store;
    private final List<ClusterUpdate> updates = new CopyOnWriteArrayList<>();

    public StoreObserver(String source) {
        store = new ClusterStore(Set.of(source));
        store.subscribe(updates::add);
    }

    public ClusterStore store() {
        return store;
    }

    public List<ClusterUpdate> updates() {
        return updates;
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
