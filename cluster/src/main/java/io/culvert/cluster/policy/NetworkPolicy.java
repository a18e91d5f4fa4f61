// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.PolicyObject;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A NetworkPolicy (networking.k8s.io/v1).
///
/// @param policyTypes the directions that it isolates its pods in. Where none are given: ingress, and egress if there
/// are egress rules, as the API server fills them in
/// @param ingress means nothing without [Direction#INGRESS] in `policyTypes`
/// @param egress means nothing without [Direction#EGRESS] in `policyTypes`
public record NetworkPolicy(
        ObjectName name,
        LabelSelector podSelector,
        Set<Direction> policyTypes,
        List<NetworkPolicyRule> ingress,
        List<NetworkPolicyRule> egress)
        implements PolicyObject {

    public NetworkPolicy {
        ingress = List.copyOf(ingress);
        egress = List.copyOf(egress);
        policyTypes = Set.copyOf(policyTypes.isEmpty() ? defaultTypes(egress) : policyTypes);
    }

    /// Whether the pods that it selects are isolated in a direction.
    public boolean isolates(Direction direction) {
        return policyTypes.contains(direction);
    }

    /// The rules that count in a direction.
    public List<NetworkPolicyRule> rules(Direction direction) {
        if (!isolates(direction)) {
            return List.of();
        }
        return direction == Direction.INGRESS ? ingress : egress;
    }

    private static Set<Direction> defaultTypes(List<NetworkPolicyRule> egress) {
        return egress.isEmpty() ? EnumSet.of(Direction.INGRESS) : EnumSet.allOf(Direction.class);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.NETWORK_POLICY;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
