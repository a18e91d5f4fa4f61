// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.pcollections.PMap;

/// A small cluster in which objects come, change and go at random. What comes is what [RandomCluster] has under the
/// same few names.
public final class ClusterDrift {

    private final RandomCluster clusters;
    private final Random random;
    private PolicyState state = PolicyState.EMPTY;
    private final Map<ObjectKind, Set<ObjectName>> changed = new HashMap<>();

    public ClusterDrift(long seed) {
        clusters = new RandomCluster(seed);
        random = new Random(seed);
        PolicyInputs first = clusters.next();
        first.namespaces().forEach(this::put);
        first.pods().forEach(this::put);
        first.nodes().forEach(this::put);
        first.networkPolicies().forEach(this::put);
        first.clusterNetworkPolicies().forEach(this::put);
    }

    public PolicyState state() {
        return state;
    }

    /// A few changes; now and then a name is given of which nothing is different.
    public PolicyChanges change() {
        changed.clear();
        for (int i = random.nextInt(3); i >= 0; i--) {
            PolicyInputs other = clusters.next();
            switch (random.nextInt(8)) {
                case 0 -> some(other.namespaces(), state.namespaces().values()).forEach(this::put);
                case 1 -> some(other.nodes(), state.nodes().values()).forEach(this::put);
                case 2 ->
                    some(other.networkPolicies(), state.networkPolicies().values())
                            .forEach(this::put);
                case 3 ->
                    some(
                                    other.clusterNetworkPolicies(),
                                    state.clusterNetworkPolicies().values())
                            .forEach(this::put);
                case 4 -> remove();
                default -> some(other.pods(), state.pods().values()).forEach(this::put);
            }
        }
        return new PolicyChanges(false, changed);
    }

    /// One of those that are new, or one that is there.
    private <T> List<T> some(List<T> fresh, Collection<T> present) {
        List<T> choices = random.nextInt(5) == 0 ? List.copyOf(present) : fresh;
        return choices.isEmpty() ? List.of() : List.of(choices.get(random.nextInt(choices.size())));
    }

    private void remove() {
        switch (random.nextInt(6)) {
            case 0 ->
                any(state.namespaces()).forEach(name -> {
                    note(ObjectKind.NAMESPACE, new ObjectName("", name));
                    state = state.withNamespaces(state.namespaces().minus(name));
                });
            case 1 ->
                any(state.nodes()).forEach(name -> {
                    note(ObjectKind.NODE, new ObjectName("", name));
                    state = state.withNodes(state.nodes().minus(name));
                });
            case 2 ->
                any(state.networkPolicies()).forEach(name -> {
                    note(ObjectKind.NETWORK_POLICY, name);
                    state = state.withNetworkPolicies(state.networkPolicies().minus(name));
                });
            case 3 ->
                any(state.clusterNetworkPolicies()).forEach(name -> {
                    note(ObjectKind.CLUSTER_NETWORK_POLICY, new ObjectName("", name));
                    state = state.withClusterNetworkPolicies(
                            state.clusterNetworkPolicies().minus(name));
                });
            default ->
                any(state.pods()).forEach(name -> {
                    note(ObjectKind.POD, name);
                    state = state.withPods(state.pods().minus(name));
                });
        }
    }

    private <K> List<K> any(PMap<K, ?> map) {
        List<K> keys = List.copyOf(map.keySet());
        return keys.isEmpty() ? List.of() : List.of(keys.get(random.nextInt(keys.size())));
    }

    private void put(Namespace namespace) {
        note(ObjectKind.NAMESPACE, namespace.objectName());
        state = state.withNamespaces(state.namespaces().plus(namespace.name(), namespace));
    }

    private void put(PolicyPod pod) {
        PolicyPod placed = new PolicyPod(
                pod.name(),
                pod.uid(),
                pod.created(),
                pod.labels(),
                pod.addresses(),
                pod.hostNetwork(),
                pod.finished(),
                pod.ports(),
                random.nextInt(4) == 0 ? "n2" : "n1");
        note(ObjectKind.POD, pod.name());
        state = state.withPods(state.pods().plus(pod.name(), placed));
    }

    private void put(PolicyNode node) {
        note(ObjectKind.NODE, node.objectName());
        state = state.withNodes(state.nodes().plus(node.name(), node));
    }

    private void put(NetworkPolicy policy) {
        note(ObjectKind.NETWORK_POLICY, policy.name());
        state = state.withNetworkPolicies(state.networkPolicies().plus(policy.name(), policy));
    }

    private void put(ClusterNetworkPolicy policy) {
        note(ObjectKind.CLUSTER_NETWORK_POLICY, policy.objectName());
        state = state.withClusterNetworkPolicies(state.clusterNetworkPolicies().plus(policy.name(), policy));
    }

    private void note(ObjectKind kind, ObjectName name) {
        changed.computeIfAbsent(kind, _ -> new HashSet<>()).add(name);
    }
}
