// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.culvert.cluster.ClusterSource;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.cluster.ProblemLog;
import io.culvert.cluster.SourceStatus;
import io.culvert.cluster.SourceStatus.Condition;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster as its API server says it: Services and EndpointSlices, and this node's own Node and Pods; for policies,
/// the policies and what they select in the whole cluster. While the server is away, or answers slowly or with
/// nonsense, the last known state stays and the server is asked again.
public final class KubernetesSource implements ClusterSource {

    public static final String NAME = "kubernetes";

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesSource.class);
    private static final Duration PAUSE_A_NODE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final KubernetesConfig config;
    private final ApiConnection connection;
    private final ApiEventSink events;
    private final Patience patience;
    private final ProblemLog problems = new ProblemLog(LOG);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private volatile List<KindFollower> followers = List.of();
    private @Nullable PriorityConditions conditions;

    private KubernetesSource(KubernetesConfig config, ApiConnection connection, Patience patience) {
        this.config = config;
        this.connection = connection;
        this.patience = patience;
        this.events = new ApiEventSink(connection, config.nodeName());
    }

    /// Reads the configuration and the credentials. The API server is not asked yet.
    ///
    /// @throws IllegalArgumentException with one line for the user, if they cannot be used
    public static KubernetesSource open(KubernetesConfig config) {
        return open(config, Patience.DEFAULT);
    }

    static KubernetesSource open(KubernetesConfig config, Patience patience) {
        return open(config, patience, System.getenv());
    }

    static KubernetesSource open(KubernetesConfig config, Patience patience, Map<String, String> environment) {
        try {
            ApiConnection connection =
                    ApiConnection.open(ClientConfig.of(config, patience, environment), patience, remedy(config));
            return new KubernetesSource(config, connection, patience);
        } catch (ApiException e) {
            throw new IllegalArgumentException("find the API server: " + e.getMessage(), e);
        }
    }

    /// The address that the kubelet gives to pods is the ClusterIP of the API server, which leads nowhere on a node
    /// whose Services nobody translates yet.
    private static String remedy(KubernetesConfig config) {
        return config.kubeconfig() == null && config.apiServer() == null
                ? "a ClusterIP does not answer before Culvert has programmed it; give --api-server or --kubeconfig an"
                        + " address of the control plane itself"
                : "it is asked again";
    }

    @Override
    public String name() {
        return NAME;
    }

    /// Where to post Events about objects of this cluster.
    public EventSink events() {
        return events;
    }

    @Override
    public synchronized void start(ClusterStore store) {
        List<KindFollower> started = new ArrayList<>();
        Scope scope = new Scope(config.nodeName(), config.policies());
        conditions =
                config.policies() ? new PriorityConditions(connection, () -> pause(store), patience.lastRetry()) : null;
        for (FollowedKind kind : FollowedKind.all(config.nodeName(), config.policies())) {
            KnownObjects known = new KnownObjects(kind.kind(), scope, this::policyTrouble, witness(kind));
            started.add(
                    new KindFollower(kind, connection, patience, store::apply, () -> changed(store), closed, known));
        }
        followers = List.copyOf(started);
        started.forEach(follower -> threads.add(
                Thread.ofVirtual().name("follow-" + follower.kind().plural()).start(follower)));
    }

    private KnownObjects.Witness witness(FollowedKind kind) {
        PriorityConditions present = conditions;
        return present != null && kind.kind() == DocumentKind.CLUSTER_NETWORK_POLICY
                ? present
                : KnownObjects.Witness.NONE;
    }

    /// Before an agent writes what all agents see. In a larger cluster they wait longer, so that as many of them as in
    /// a
    /// small one write before the first write is seen.
    private Duration pause(ClusterStore store) {
        int nodes = store.state().policies().nodes().size();
        long longest = Math.min(
                LONGEST_PAUSE.toMillis(), 2 * patience.firstRetry().toMillis() + nodes * PAUSE_A_NODE.toMillis());
        return Duration.ofMillis(RandomGenerator.getDefault().nextLong(longest + 1));
    }

    @Override
    public SourceStatus status() {
        List<KindFollower> current = followers;
        String waiting = waiting(follower -> follower.kind().forServices() && !follower.begun());
        Optional<Problem> trouble = current.stream()
                .flatMap(follower -> follower.trouble().stream())
                .findFirst();
        if (current.isEmpty()) {
            return new SourceStatus(Condition.STARTING, "not started");
        }
        if (!waiting.isEmpty()) {
            return new SourceStatus(
                    Condition.STARTING,
                    trouble.map(Problem::toString)
                            .orElse("waiting for the first list of " + waiting + " from " + connection.url()));
        }
        String policies = waiting(follower -> !follower.synced());
        return trouble.map(problem -> new SourceStatus(Condition.STALE, problem.toString()))
                .orElseGet(() -> new SourceStatus(
                        Condition.CURRENT,
                        "following " + connection.url()
                                + (policies.isEmpty() ? "" : "; policies wait for the first list of " + policies)));
    }

    private String waiting(Predicate<KindFollower> waits) {
        return followers.stream()
                .filter(waits)
                .map(follower -> follower.kind().plural())
                .collect(Collectors.joining(", "));
    }

    private void policyTrouble(ObjectKind kind, ObjectName policy, Problem problem) {
        String reason = problem.severity() == Problem.Severity.ERROR ? "PolicyRefused" : "PolicyNotUnderstood";
        events.post(kind, policy, reason, problem.message() + "; " + problem.remedy());
    }

    @Override
    public List<Problem> problems() {
        return problems.current();
    }

    @Override
    public Set<String> withheldFromPolicies() {
        return followers.stream()
                .filter(follower -> follower.withheld() && follower.kind().forPolicies())
                .map(follower -> follower.kind().plural())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        threads.forEach(Thread::interrupt);
        events.close();
        if (conditions != null) {
            conditions.close();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }

    /// Called by each follower; one at a time, so that what is older never replaces what is newer.
    private void changed(ClusterStore store) {
        synchronized (problems) {
            problems.replace(found(store));
        }
        if (waiting(follower -> follower.kind().forServices() && !follower.begun())
                .isEmpty()) {
            store.completed(NAME);
        }
        if (config.policies()
                && waiting(follower -> follower.kind().forPolicies() && !follower.synced())
                        .isEmpty()) {
            store.policiesCompleted(NAME);
        }
    }

    private List<Problem> found(ClusterStore store) {
        List<KindFollower> current = followers;
        List<Problem> found = new ArrayList<>();
        current.forEach(follower -> found.addAll(follower.problems()));
        current.stream()
                .filter(follower -> follower.kind().kind() == DocumentKind.NODE
                        && follower.begun()
                        && store.state().node(config.nodeName()).isEmpty())
                .forEach(_ -> found.add(Problem.warning(
                        "Node " + config.nodeName(),
                        "the cluster has no Node of this name, so every endpoint counts as remote",
                        "give the right --node-name")));
        return found;
    }
}
