// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;

/// Names a rule to people, and to counters.
///
/// @param policy a ClusterNetworkPolicy has no namespace
/// @param index in the policy's `ingress` or `egress`, from 0
public record RuleId(Stage stage, ObjectName policy, Direction direction, int index) {

    /// `namespace/name ingress[0]`.
    @Override
    public String toString() {
        return policy + " " + (direction == Direction.INGRESS ? "ingress" : "egress") + "[" + index + "]";
    }
}
