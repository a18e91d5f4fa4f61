// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Node;
import io.culvert.net.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What compiling depends on beside the Service: which node this is, and where it is.
///
/// @param zone label `topology.kubernetes.io/zone` of the Node; null where it is absent, empty or not known yet
/// @param internalIps of the Node; none while it is not known
public record NodeContext(String nodeName, @Nullable String zone, List<IpAddress> internalIps) {

    public NodeContext {
        internalIps = List.copyOf(internalIps);
    }

    /// A node whose addresses do not matter.
    public NodeContext(String nodeName, @Nullable String zone) {
        this(nodeName, zone, List.of());
    }

    /// The node of this name as `state` knows it; without a zone while its Node is missing.
    public static NodeContext of(String nodeName, ClusterState state) {
        return new NodeContext(
                nodeName,
                state.node(nodeName).map(Node::zone).orElse(null),
                state.node(nodeName).map(Node::internalIps).orElse(List.of()));
    }
}
