// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.agent.cni.PodSandbox;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.datapath.Datapath;
import io.culvert.net.IpAddress;
import io.culvert.policy.IncrementalCompiler;
import io.culvert.policy.LocalPod;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.PolicyView;
import io.culvert.policy.publish.DatapathTarget;
import io.culvert.policy.publish.EndpointFacts;
import io.culvert.policy.publish.Publication;
import io.culvert.policy.publish.PublishResult;
import io.culvert.policy.publish.Publisher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what the cluster says of policies into force. Until every source is complete nothing is changed
/// of what an earlier process left in force.
public final class NodePolicies {

    private static final Logger LOG = LoggerFactory.getLogger(NodePolicies.class);
    private static final String FAILED = "FailedToEnforcePolicy";

    /// A plan and what it was made from.
    private record Wanted(ClusterState state, PolicyPlan plan) {}

    private final Datapath datapath;
    private final String nodeName;
    private final EventSink events;
    private final Consumer<Duration> latency;
    private final PodExposure exposure;
    private final IncrementalCompiler compiler;
    private final Publisher publisher;
    private final boolean strict;
    private final PodSandboxes sandboxes = new PodSandboxes();
    private Map<IpAddress, Integer> routed = Map.of();
    private Map<IpAddress, Integer> bridged = Map.of();
    private Map<Integer, String> attached = Map.of();
    private Map<IpAddress, Integer> interfaces = Map.of();
    /// When the network was read that says so, as [System#nanoTime].
    private long networkRead = System.nanoTime();
    private Set<String> audited = Set.of();
    private int policies;
    /// What is to be enforced.
    private @Nullable Wanted wanted;

    /// What is.
    private @Nullable Wanted enforced;

    private long generation;
    private long failures;
    private volatile PolicyStatus status = PolicyStatus.NOTHING;

    /// Kept up to date from the moment on when somebody asks for it.
    private volatile @Nullable PublishedNumbers numbers;

    /// @param flags of [PolicyControl]
    /// @param latency is told how long changes took, from their arrival to the moment when programs
    ///     enforced them
    /// @param exposure is told what is in force at which interface
    public NodePolicies(
            Datapath datapath,
            String nodeName,
            int flags,
            EventSink events,
            Consumer<Duration> latency,
            PodExposure exposure) {
        this.datapath = datapath;
        this.nodeName = nodeName;
        this.events = events;
        this.latency = latency;
        this.exposure = exposure;
        compiler = new IncrementalCompiler(nodeName);
        publisher = new Publisher(new DatapathTarget(datapath), System::nanoTime);
        strict = (flags & PolicyControl.STRICT) != 0;
        datapath.maps().policies().flags(flags);
    }

    /// Takes what the cluster says now.
    ///
    /// @throws RuntimeException if the kernel refuses; the same update may be given again
    public synchronized void apply(ClusterUpdate update) {
        long began = System.nanoTime();
        PolicyState state = update.state().policies();
        Wanted next = new Wanted(update.state(), compiler.compile(sandboxes.over(state), update.policies()));
        wanted = next;
        audited = state.namespaces().values().stream()
                .filter(Namespace::audit)
                .map(Namespace::name)
                .collect(Collectors.toSet());
        policies =
                state.networkPolicies().size() + state.clusterNetworkPolicies().size();
        if (publish(next, update.policies()) instanceof PublishResult.Published published && published.changed()) {
            latency.accept(Duration.ofNanos(published.enforcedAt() - began));
        }
        notifyAll();
    }

    /// Whether an earlier process has put rules of ClusterNetworkPolicies into force.
    synchronized boolean clusterPoliciesAreInForce() {
        return datapath.policies().areEnforced() && publisher.findsTierRules();
    }

    /// Takes which interfaces lead to which pods.
    ///
    /// @param routes interfaces that a route leads to, by its address
    /// @param stations ports of bridges behind which somebody has an address
    /// @param programs names of pod interfaces with programs, by index
    /// @param read a moment before the network was read that says so, as [System#nanoTime]
    public synchronized void interfaces(
            Map<IpAddress, Integer> routes,
            Map<IpAddress, Integer> stations,
            Map<Integer, String> programs,
            long read) {
        networkRead = read;
        routed = Map.copyOf(routes);
        bridged = Map.copyOf(stations);
        attached = Map.copyOf(programs);
        exposure.attached(attached.keySet(), strict && datapath.policies().areEnforced());
        if (linksChanged() && wanted != null) {
            PublishResult _ = publish(wanted, PolicyChanges.NONE);
        }
        notifyAll();
    }

    /// @return whether other interfaces lead to addresses than before
    private boolean linksChanged() {
        Map<IpAddress, Integer> links = sandboxes.links(attached);
        links.putAll(routed);
        // What a bridge has learnt is worth less than what the node's administrator or its runtime says.
        Set<Integer> told = Set.copyOf(links.values());
        bridged.forEach((address, port) -> {
            if (!told.contains(port)) {
                links.putIfAbsent(address, port);
            }
        });
        boolean changed = !links.equals(interfaces);
        interfaces = Map.copyOf(links);
        return changed;
    }

    /// Takes what an earlier process was told by the container runtime.
    synchronized void sandboxes(List<PodSandbox> known) {
        known.forEach(sandbox -> sandboxes.add(sandbox, PolicyState.EMPTY));
    }

    /// Waits until the policies of a pod are in force at its interface, as the network is from now on: what was read
    /// of it before may be about another interface of the same name, or about the same one as that of another pod.
    ///
    /// @param look has the network read soon, and told to [#interfaces]; does not wait for that
    /// @return what is missing when patience ends
    synchronized Optional<String> admit(PodSandbox sandbox, Runnable look, Duration patience)
            throws InterruptedException {
        long asked = System.nanoTime();
        look.run();
        sandboxes.add(
                sandbox, wanted == null ? PolicyState.EMPTY : wanted.state().policies());
        changed(sandbox);
        long end = asked + patience.toNanos();
        Optional<String> missing = missing(sandbox, asked);
        while (missing.isPresent() && end - System.nanoTime() > 0) {
            wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            missing = missing(sandbox, asked);
        }
        return missing;
    }

    private Optional<String> missing(PodSandbox sandbox, long asked) {
        return missing(sandbox)
                .or(() -> networkRead - asked < 0
                        ? Optional.of("the network of the node was not looked at again")
                        : Optional.empty());
    }

    /// What is missing for a container's pod.
    synchronized Optional<String> missing(String containerId) {
        return sandboxes
                .find(containerId)
                .map(this::missing)
                .orElseGet(() -> Optional.of("the agent was never asked to admit it"));
    }

    synchronized void release(String containerId) {
        sandboxes.remove(containerId).ifPresent(this::changed);
    }

    private void changed(PodSandbox sandbox) {
        boolean _ = linksChanged();
        if (wanted != null) {
            PolicyChanges pod = new PolicyChanges(false, Map.of(ObjectKind.POD, Set.of(sandbox.pod())));
            PolicyState state = sandboxes.over(wanted.state().policies());
            wanted = new Wanted(wanted.state(), compiler.compile(state, pod));
            PublishResult _ = publish(wanted, pod);
        }
    }

    private Optional<String> missing(PodSandbox sandbox) {
        if (enforced == null) {
            return Optional.of("what the cluster wants is not known");
        }
        PolicyPod pod = enforced.state().policies().pods().get(sandbox.pod());
        if (pod == null || !PodSandboxes.isOf(sandbox, pod)) {
            return Optional.of("no Pod object of this name " + (pod == null ? "" : "and uid ") + "is known");
        }
        if (!status.refused().isEmpty()) {
            return Optional.of("policies are not in force: " + status.refused());
        }
        LocalPod local = enforced.plan().localPods().get(sandbox.pod());
        if (local == null || !local.owned().containsAll(sandbox.addresses())) {
            return Optional.of("its addresses " + sandbox.addresses() + " are not known as its own");
        }
        if (sandbox.addresses().stream()
                .noneMatch(address -> attached.containsKey(interfaces.getOrDefault(address, 0)))) {
            return Optional.of("no interface with programs leads to it, of " + sandbox.interfaces());
        }
        return Optional.empty();
    }

    /// What is enforced.
    public PolicyStatus status() {
        return status;
    }

    /// What is enforced, as people ask for it; empty before the first publication.
    public synchronized Optional<PolicyView> view() {
        if (enforced == null) {
            return Optional.empty();
        }
        Publication publication = publisher.publication();
        return Optional.of(new PolicyView(
                PolicyInputs.of(enforced.state(), nodeName),
                enforced.plan(),
                generation,
                publication.identities(),
                publication.rules(),
                status.refused().isEmpty() ? List.of() : List.of(status.refused())));
    }

    /// What numbers in the kernel mean; empty before the first publication. The same object until the next one, and
    /// from the second call on without waiting for what is being published.
    public Optional<PublishedNumbers> numbers() {
        PublishedNumbers known = numbers;
        return Optional.ofNullable(known == null ? readNumbers() : known);
    }

    private synchronized @Nullable PublishedNumbers readNumbers() {
        if (enforced != null) {
            Publication publication = publisher.publication();
            numbers = new PublishedNumbers(
                    enforced.state().policies(),
                    enforced.plan(),
                    publication.identities(),
                    publication.rules(),
                    publication.epoch());
        }
        return numbers;
    }

    /// @param changes why
    private PublishResult publish(Wanted next, PolicyChanges changes) {
        try {
            if (isEnforcing(next)) {
                // Before anything is written: what the kernel refuses must not look as if it were in force.
                datapath.policies().load();
            }
            PublishResult result = publisher.publish(next.plan(), new EndpointFacts(interfaces, audited, strict));
            switch (result) {
                case PublishResult.Published published -> published(next, published.changed());
                case PublishResult.Refused refused -> {
                    LOG.error("enforce policies: {}; what was enforced before stays", refused.message());
                    failed(next, changes, refused.message());
                }
            }
            return result;
        } catch (RuntimeException e) {
            failed(next, changes, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private void failed(Wanted next, PolicyChanges changes, String message) {
        failures++;
        status = status(next.plan(), message);
        tell(changes, message);
    }

    /// Whether packets are asked about: the first set is that of pods without policies.
    private boolean isEnforcing(Wanted next) {
        return strict || next.plan().sets().size() > 1;
    }

    private void published(Wanted next, boolean changed) {
        enforced = next;
        if (numbers != null) {
            var _ = readNumbers();
        }
        generation += changed ? 1 : 0;
        boolean any = isEnforcing(next);
        if (any != datapath.policies().areEnforced()) {
            datapath.policies().enforce(any);
            LOG.info(any ? "policies are enforced" : "no policy selects a pod of this node any more");
        }
        exposure.enforced(next.plan().localPods().values(), interfaces, this::neverExposed);
        int before = status.uncounted();
        status = status(next.plan(), "");
        if (before == 0 && status.uncounted() > 0) {
            LOG.warn("{} rules of policies are enforced and not counted: rule_counters is full", status.uncounted());
        }
    }

    /// Whether a pod's runtime waits for its policies, or these forbid it nothing.
    private boolean neverExposed(LocalPod pod) {
        return sandboxes.has(pod) || audited.contains(pod.name().namespace());
    }

    private PolicyStatus status(PolicyPlan plan, String refused) {
        List<LocalPod> selected = plan.localPods().values().stream()
                .filter(pod -> pod.ingressSet() != 0 || pod.egressSet() != 0)
                .toList();
        return new PolicyStatus(
                datapath.policies().areEnforced(),
                policies,
                plan.sets().size() - 1,
                selected.size(),
                datapath.maps().policies().control().get(0).epoch(),
                refused,
                failures,
                plan.warnings(),
                publisher.uncounted(),
                publisher.use());
    }

    /// Whoever changed a policy last should know that it has no effect; where nobody did, whoever sees to the node.
    private void tell(PolicyChanges changes, String message) {
        boolean told = false;
        for (ObjectKind kind : List.of(ObjectKind.NETWORK_POLICY, ObjectKind.CLUSTER_NETWORK_POLICY)) {
            for (ObjectName name : changes.of(kind)) {
                events.post(kind, name, FAILED, message);
                told = true;
            }
        }
        if (!told) {
            events.post(ObjectKind.NODE, new ObjectName("", nodeName), FAILED, message);
        }
    }
}
