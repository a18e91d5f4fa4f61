// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import org.jspecify.annotations.Nullable;

/// Applies changes to a [PolicyState].
final class PolicyEditor {

    private PolicyEditor() {}

    /// The object of a name, or null.
    static @Nullable PolicyObject find(PolicyState state, ObjectKind kind, ObjectName name) {
        return switch (kind) {
            case NAMESPACE -> state.namespaces().get(name.name());
            case POD -> state.pods().get(name);
            case NODE -> state.nodes().get(name.name());
            case NETWORK_POLICY -> state.networkPolicies().get(name);
            case CLUSTER_NETWORK_POLICY -> state.clusterNetworkPolicies().get(name.name());
            case SERVICE, ENDPOINT_SLICE, SERVICE_CIDR -> null;
        };
    }

    static PolicyState put(PolicyState state, PolicyObject object) {
        return switch (object) {
            case Namespace namespace -> state.withNamespaces(state.namespaces().plus(namespace.name(), namespace));
            case PolicyPod pod -> state.withPods(state.pods().plus(pod.name(), pod));
            case PolicyNode node -> state.withNodes(state.nodes().plus(node.name(), node));
            case NetworkPolicy policy ->
                state.withNetworkPolicies(state.networkPolicies().plus(policy.name(), policy));
            case ClusterNetworkPolicy policy ->
                state.withClusterNetworkPolicies(state.clusterNetworkPolicies().plus(policy.name(), policy));
            default -> throw new IllegalArgumentException("no part of the state: " + object.kind());
        };
    }

    static PolicyState remove(PolicyState state, ObjectKind kind, ObjectName name) {
        return switch (kind) {
            case NAMESPACE -> state.withNamespaces(state.namespaces().minus(name.name()));
            case POD -> state.withPods(state.pods().minus(name));
            case NODE -> state.withNodes(state.nodes().minus(name.name()));
            case NETWORK_POLICY ->
                state.withNetworkPolicies(state.networkPolicies().minus(name));
            case CLUSTER_NETWORK_POLICY ->
                state.withClusterNetworkPolicies(state.clusterNetworkPolicies().minus(name.name()));
            case SERVICE, ENDPOINT_SLICE, SERVICE_CIDR -> state;
        };
    }
}
