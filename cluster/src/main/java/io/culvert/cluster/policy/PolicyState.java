// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.cluster.ObjectName;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// What the cluster says about policies, at one moment. Immutable; versions share what did not change.
///
/// @param namespaces by name; a pod's may be missing
/// @param pods of all nodes, whatever has become of them
/// @param nodes by name, all of them
/// @param clusterNetworkPolicies by name
public record PolicyState(
        PMap<String, Namespace> namespaces,
        PMap<ObjectName, PolicyPod> pods,
        PMap<String, PolicyNode> nodes,
        PMap<ObjectName, NetworkPolicy> networkPolicies,
        PMap<String, ClusterNetworkPolicy> clusterNetworkPolicies) {

    public static final PolicyState EMPTY = new PolicyState(
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty());

    public PolicyState withNamespaces(PMap<String, Namespace> other) {
        return new PolicyState(other, pods, nodes, networkPolicies, clusterNetworkPolicies);
    }

    public PolicyState withPods(PMap<ObjectName, PolicyPod> other) {
        return new PolicyState(namespaces, other, nodes, networkPolicies, clusterNetworkPolicies);
    }

    public PolicyState withNodes(PMap<String, PolicyNode> other) {
        return new PolicyState(namespaces, pods, other, networkPolicies, clusterNetworkPolicies);
    }

    public PolicyState withNetworkPolicies(PMap<ObjectName, NetworkPolicy> other) {
        return new PolicyState(namespaces, pods, nodes, other, clusterNetworkPolicies);
    }

    public PolicyState withClusterNetworkPolicies(PMap<String, ClusterNetworkPolicy> other) {
        return new PolicyState(namespaces, pods, nodes, networkPolicies, other);
    }
}
