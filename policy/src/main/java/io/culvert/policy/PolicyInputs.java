// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import java.util.List;
import java.util.Set;

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
}
