// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.PolicyObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// A ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2). It isolates nobody: without a rule that matches it says
/// nothing.
///
/// @param created `metadata.creationTimestamp`; [Instant#EPOCH] where the source has none
/// @param priority 0 to 1000; the lowest is asked first
/// @param ingress in order: the first rule that matches counts
/// @param egress in order, too
public record ClusterNetworkPolicy(
        String name,
        Instant created,
        PolicyTier tier,
        int priority,
        PolicyPeer.SelectedPods subject,
        List<ClusterNetworkPolicyRule> ingress,
        List<ClusterNetworkPolicyRule> egress)
        implements PolicyObject {

    /// The order within a tier. Upstream leaves equal priorities open; here the oldest comes first, then the name
    /// decides.
    public static final Comparator<ClusterNetworkPolicy> ORDER = Comparator.comparingInt(ClusterNetworkPolicy::priority)
            .thenComparing(ClusterNetworkPolicy::created)
            .thenComparing(ClusterNetworkPolicy::name);

    public ClusterNetworkPolicy {
        ingress = List.copyOf(ingress);
        egress = List.copyOf(egress);
    }

    public List<ClusterNetworkPolicyRule> rules(Direction direction) {
        return direction == Direction.INGRESS ? ingress : egress;
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.CLUSTER_NETWORK_POLICY;
    }

    @Override
    public ObjectName objectName() {
        return new ObjectName("", name);
    }
}
