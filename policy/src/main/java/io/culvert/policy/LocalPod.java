// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.net.IpAddress;
import java.util.List;

/// A pod of this node that policies are enforced at.
///
/// @param uid of the pod; empty where the source has none
/// @param owned those of its addresses that are no other's: not a node's, and not given to a later pod
///     while this one's object is still there
/// @param ingressSet number in [PolicyPlan#sets], or 0: nothing is forbidden
/// @param egressSet the same for the other direction
public record LocalPod(
        ObjectName name, String uid, List<IpAddress> addresses, List<IpAddress> owned, int ingressSet, int egressSet) {

    public LocalPod {
        addresses = List.copyOf(addresses);
        owned = List.copyOf(owned);
    }

    /// The number of the policy set of a direction, or 0.
    public int set(Direction direction) {
        return direction == Direction.INGRESS ? ingressSet : egressSet;
    }
}
