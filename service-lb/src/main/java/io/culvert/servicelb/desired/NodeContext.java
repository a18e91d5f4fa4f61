// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Node;
import org.jspecify.annotations.Nullable;

/// What the choice of endpoints depends on beside the Service: which node this is, and where it is.
///
/// @param zone label `topology.kubernetes.io/zone` of the Node; null where it is absent, empty or not known yet
public record NodeContext(String nodeName, @Nullable String zone) {

    /// The node of this name as `state` knows it; without a zone while its Node is missing.
    public static NodeContext of(String nodeName, ClusterState state) {
        return new NodeContext(nodeName, state.node(nodeName).map(Node::zone).orElse(null));
    }
}
