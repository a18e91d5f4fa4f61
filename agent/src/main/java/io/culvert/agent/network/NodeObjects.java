// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Node;
import io.culvert.cluster.Pod;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What the cluster says of this node, and where others are.
///
/// @param node its Node object; empty as long as it is not known
/// @param pods that run on it in a network of their own
/// @param others InternalIPs of all other nodes; empty as long as they are not known
public record NodeObjects(Optional<Node> node, List<Pod> pods, Optional<Set<IpAddress>> others) {

    /// Before anything is known.
    public static final NodeObjects UNKNOWN = new NodeObjects(Optional.empty(), List.of(), Optional.empty());

    public NodeObjects {
        pods = List.copyOf(pods);
        others = others.map(Set::copyOf);
    }

    public static NodeObjects of(ClusterState state, String nodeName) {
        return new NodeObjects(
                state.node(nodeName),
                state.pods().values().stream()
                        .filter(pod -> nodeName.equals(pod.nodeName()) && !pod.hostNetwork())
                        .toList(),
                Optional.of(state.nodes().values().stream()
                        .filter(node -> !node.name().name().equals(nodeName))
                        .flatMap(node -> node.internalIps().stream())
                        .collect(Collectors.toSet())));
    }

    List<IpAddress> internalIps() {
        return node.map(Node::internalIps).orElse(List.of());
    }

    List<IpPrefix> podCidrs() {
        return node.map(Node::podCidrs).orElse(List.of());
    }
}
