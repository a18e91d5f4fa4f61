// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import org.jspecify.annotations.Nullable;

/// Names a rule to people, and to counters.
///
/// @param policy a ClusterNetworkPolicy has no namespace
/// @param index in the policy's `ingress` or `egress`, from 0
public record RuleId(Stage stage, ObjectName policy, Direction direction, int index) {

    /// Thousands are looked up for a change; what is made for records takes several times as long.
    @Override
    public int hashCode() {
        int both = policy.namespace().hashCode() * 31 + policy.name().hashCode();
        return (both * 31 + index) * 2 + (direction == Direction.INGRESS ? 0 : 1);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof RuleId that
                        && index == that.index
                        && stage == that.stage
                        && direction == that.direction
                        && policy.name().equals(that.policy.name())
                        && policy.namespace().equals(that.policy.namespace()));
    }

    /// `namespace/name ingress[0]`.
    @Override
    public String toString() {
        return policy + " " + (direction == Direction.INGRESS ? "ingress" : "egress") + "[" + index + "]";
    }
}
