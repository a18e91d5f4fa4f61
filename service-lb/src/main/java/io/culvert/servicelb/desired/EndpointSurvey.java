// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import java.util.List;

/// What one pass over the endpoints of a Service port finds out before any of them can be judged.
///
/// @param anyReady some endpoint is ready
/// @param anyUsable some endpoint is ready, or terminating but serving, and not of weight 0
/// @param anyReadyHere some endpoint of this node is ready
/// @param topology the hints that narrow the cluster set
record EndpointSurvey(boolean anyReady, boolean anyUsable, boolean anyReadyHere, Topology topology) {

    /// Which hints count. A kind of hint counts only where every ready endpoint has one and one names this node or
    /// zone: with hints that are half there, or that leave nothing, all ready endpoints are used.
    enum Topology {
        ANYWHERE,
        SAME_NODE,
        SAME_ZONE
    }

    static EndpointSurvey of(List<PortEndpoint> endpoints, NodeContext node) {
        boolean anyReady = false;
        boolean anyUsable = false;
        boolean anyReadyHere = false;
        boolean allNodeHints = true;
        boolean allZoneHints = true;
        boolean forNode = false;
        boolean forZone = false;
        for (PortEndpoint endpoint : endpoints) {
            anyUsable |= !endpoint.drained() && (endpoint.ready() || endpoint.usableTerminating());
            if (endpoint.ready()) {
                anyReady = true;
                anyReadyHere |= endpoint.local();
                allNodeHints &= !endpoint.endpoint().nodeHints().isEmpty();
                allZoneHints &= !endpoint.endpoint().zoneHints().isEmpty();
                forNode |= hintedForNode(endpoint, node);
                forZone |= hintedForZone(endpoint, node);
            }
        }
        Topology topology = allNodeHints && forNode
                ? Topology.SAME_NODE
                : allZoneHints && forZone ? Topology.SAME_ZONE : Topology.ANYWHERE;
        return new EndpointSurvey(anyReady, anyUsable, anyReadyHere, topology);
    }

    boolean inClusterSet(PortEndpoint endpoint, NodeContext node) {
        if (!anyReady) {
            return endpoint.usableTerminating();
        }
        return endpoint.ready()
                && switch (topology) {
                    case ANYWHERE -> true;
                    case SAME_NODE -> hintedForNode(endpoint, node);
                    case SAME_ZONE -> hintedForZone(endpoint, node);
                };
    }

    boolean inLocalSet(PortEndpoint endpoint) {
        return endpoint.local() && (anyReadyHere ? endpoint.ready() : endpoint.usableTerminating());
    }

    private static boolean hintedForNode(PortEndpoint endpoint, NodeContext node) {
        return endpoint.endpoint().nodeHints().contains(node.nodeName());
    }

    private static boolean hintedForZone(PortEndpoint endpoint, NodeContext node) {
        return node.zone() != null && endpoint.endpoint().zoneHints().contains(node.zone());
    }
}
