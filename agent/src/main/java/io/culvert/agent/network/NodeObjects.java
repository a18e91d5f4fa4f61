// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Node;
import io.culvert.cluster.Pod;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Optional;

/// What the cluster says of this node.
///
/// @param node its Node object; empty as long as it is not known
/// @param pods that run on it in a network of their own
public record NodeObjects(Optional<Node> node, List<Pod> pods) {

    /// Before anything is known.
    public static final NodeObjects UNKNOWN = new NodeObjects(Optional.empty(), List.of());

    public NodeObjects {
        pods = List.copyOf(pods);
    }

    public static NodeObjects of(ClusterState state, String nodeName) {
        return new NodeObjects(
                state.node(nodeName),
                state.pods().values().stream()
                        .filter(pod -> nodeName.equals(pod.nodeName()) && !pod.hostNetwork())
                        .toList());
    }

    List<IpAddress> internalIps() {
        return node.map(Node::internalIps).orElse(List.of());
    }

    List<IpPrefix> podCidrs() {
        return node.map(Node::podCidrs).orElse(List.of());
    }
}
