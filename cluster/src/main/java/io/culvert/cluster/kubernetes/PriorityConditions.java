// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.culvert.cluster.Change;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.decode.ShownCondition;
import io.culvert.cluster.decode.Value;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.SharedPriority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has ClusterNetworkPolicies say in their status that they share a priority, from a thread of its own. The agents of
/// all nodes see the same and would write the same: each waits for a random while, and writes what nobody wrote
/// meanwhile.
final class PriorityConditions implements KnownObjects.Witness, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PriorityConditions.class);

    /// Between two pauses.
    private static final int WRITES = 50;

    private static final Duration LOOK = Duration.ofMinutes(1);

    /// For which the same is not written twice, whatever becomes of it: somebody may take it away each time.
    private static final Duration ONCE = Duration.ofHours(1);

    /// @param content what the server was told
    private record Told(PriorityCondition content, long at) {

        boolean holdsBack(PriorityCondition condition) {
            return content.equals(condition.content()) && System.nanoTime() - at < ONCE.toNanos();
        }
    }

    private final ApiConnection connection;
    private final Supplier<Duration> pause;
    private final Duration retry;
    private final Map<String, ClusterNetworkPolicy> policies = new HashMap<>();
    private final Map<String, ShownCondition> shown = new TreeMap<>();
    private final Map<String, Told> told = new HashMap<>();
    private final Thread thread;
    private boolean refused;

    /// @param pause before each round of writes
    /// @param retry after which a server is asked again that did not answer
    PriorityConditions(ApiConnection connection, Supplier<Duration> pause, Duration retry) {
        this.connection = connection;
        this.pause = pause;
        this.retry = retry;
        this.thread = Thread.ofVirtual().name("conditions").start(this::run);
    }

    @Override
    public synchronized void shown(ObjectName name, Value.Mapping object) {
        shown.put(name.name(), ShownCondition.of(object, PriorityCondition.TYPE));
        notifyAll();
    }

    @Override
    public synchronized void changed(Change change) {
        switch (change) {
            case Change.Put(ClusterNetworkPolicy policy) -> policies.put(policy.name(), policy);
            case Change.Put _ -> {}
            case Change.Remove remove -> {
                String name = remove.name().name();
                policies.remove(name);
                shown.remove(name);
                told.remove(name);
            }
        }
        notifyAll();
    }

    private void run() {
        try {
            while (true) {
                awaitDue();
                Thread.sleep(pause.get());
                if (!write()) {
                    Thread.sleep(retry);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void awaitDue() throws InterruptedException {
        while (due().isEmpty()) {
            // Now and then without news: what is held back comes due.
            wait(LOOK.toMillis());
        }
    }

    /// What is to be written now.
    private synchronized List<PriorityCondition> due() {
        Map<String, SharedPriority> shared = SharedPriority.among(policies.values());
        List<PriorityCondition> due = new ArrayList<>();
        for (String name : policies.keySet()) {
            @Nullable ShownCondition now = shown.get(name);
            if (now == null) {
                continue;
            }
            var condition = new PriorityCondition(name, now, Optional.ofNullable(shared.get(name)));
            @Nullable Told before = told.get(name);
            if (before != null && !before.content().equals(condition.content())) {
                told.remove(name);
            }
            if (!condition.isShown() && (before == null || !before.holdsBack(condition))) {
                due.add(condition);
            }
        }
        return due;
    }

    /// @return whether the server answered
    private boolean write() {
        try {
            for (PriorityCondition condition : due().stream().limit(WRITES).toList()) {
                write(condition);
            }
            return true;
        } catch (ApiException e) {
            LOG.info("write conditions of ClusterNetworkPolicies: {}; it is tried again", e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.warn("write conditions of ClusterNetworkPolicies", e);
            return false;
        }
    }

    private void write(PriorityCondition condition) throws ApiException {
        try {
            connection.apply(condition.path(), condition.patch());
            refused = false;
            LOG.info(
                    "ClusterNetworkPolicy {}: {}",
                    condition.policy(),
                    condition.wanted().map(SharedPriority::message).orElse("shares its priority no more"));
        } catch (ApiException e) {
            if (!e.refused() || e.passing()) {
                throw e;
            }
            refused(condition, e);
        }
        synchronized (this) {
            told.put(condition.policy(), new Told(condition.content(), System.nanoTime()));
        }
    }

    /// Said once, not for each policy: culvert status has the warning, and nothing else depends on it.
    private void refused(PriorityCondition condition, ApiException e) {
        if (!refused) {
            LOG.warn(
                    "write condition {} of ClusterNetworkPolicy {}: {}; {}",
                    PriorityCondition.TYPE,
                    condition.policy(),
                    e.getMessage(),
                    remedy(e));
        }
        refused = true;
    }

    private static String remedy(ApiException e) {
        if (e.forbidden()) {
            return "add this rule to the ClusterRole of the agent: {apiGroups: [\"policy.networking.k8s.io\"],"
                    + " resources: [clusternetworkpolicies/status], verbs: [patch]}";
        }
        return e.unknown()
                ? "install a definition of ClusterNetworkPolicy with a status, unless the policy is gone"
                : "it is tried again in an hour";
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
