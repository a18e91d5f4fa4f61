// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.Direction;
import java.util.List;
import java.util.Set;

/// What applies to a pod in one direction. Pods with equal selections share a policy set.
///
/// @param isolated whether some NetworkPolicy says so
/// @param admin rules of the admin tier in their order
/// @param allows rules of NetworkPolicies
/// @param baseline rules of the baseline tier in their order
/// @param ports of the pod that the rules name, where the pod is the destination
record Selection(
        Direction direction,
        boolean isolated,
        List<Rule> admin,
        List<Rule> allows,
        List<Rule> baseline,
        Set<ContainerPort> ports) {

    /// Whether no policy says anything.
    boolean empty() {
        return !isolated && admin.isEmpty() && baseline.isEmpty();
    }
}
