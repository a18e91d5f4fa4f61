// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Everything that a node's policy tables depend on. The order of the lists means nothing.
///
/// @param namespaces a pod's namespace may be missing; it has only its name then
/// @param pods of the whole cluster
/// @param nodes of the whole cluster
/// @param localPods whose interfaces are on this node
public record PolicyInputs(
        List<Namespace> namespaces,
        List<PolicyPod> pods,
        List<PolicyNode> nodes,
        List<NetworkPolicy> networkPolicies,
        List<ClusterNetworkPolicy> clusterNetworkPolicies,
        Set<ObjectName> localPods) {

    public PolicyInputs {
        namespaces = List.copyOf(namespaces);
        pods = List.copyOf(pods);
        nodes = List.copyOf(nodes);
        networkPolicies = List.copyOf(networkPolicies);
        clusterNetworkPolicies = List.copyOf(clusterNetworkPolicies);
        localPods = Set.copyOf(localPods);
    }

    /// What a cluster state says of them. Local pods are those of the node that run and have an address; those in its
    /// network are among them, so that it can be told where a policy selects one in vain.
    public static PolicyInputs of(ClusterState state, String nodeName) {
        PolicyState policies = state.policies();
        return new PolicyInputs(
                List.copyOf(policies.namespaces().values()),
                List.copyOf(policies.pods().values()),
                List.copyOf(policies.nodes().values()),
                List.copyOf(policies.networkPolicies().values()),
                List.copyOf(policies.clusterNetworkPolicies().values()),
                policies.pods().values().stream()
                        .filter(pod -> local(pod, nodeName))
                        .map(PolicyPod::name)
                        .collect(Collectors.toSet()));
    }

    static boolean local(PolicyPod pod, String nodeName) {
        return nodeName.equals(pod.nodeName())
                && !pod.finished()
                && !pod.addresses().isEmpty();
    }
}
