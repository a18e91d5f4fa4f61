// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.TrafficPolicy;

/// Which of its two sets of endpoints a Service port can ask for.
///
/// @param cluster some frontend is served by endpoints of any node
/// @param local some frontend is served by endpoints of this node only
public record TrafficSets(boolean cluster, boolean local) {

    static final TrafficSets BOTH = new TrafficSets(true, true);

    /// Both policies of a Service, the external one only where something outside can reach the port.
    ///
    /// @param reachable whether the port has a node port, a load balancer address or an external address
    public static TrafficSets of(TrafficPolicy internal, TrafficPolicy external, boolean reachable) {
        boolean internalLocal = internal == TrafficPolicy.LOCAL;
        return new TrafficSets(
                !internalLocal || reachable, internalLocal || (reachable && external == TrafficPolicy.LOCAL));
    }
}
