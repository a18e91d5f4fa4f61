// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Node;
import java.util.Optional;

/// Whether load balancers should send new connections to this node (KEP-3836): not while its Node is being deleted, has
/// the cluster autoscaler's taint, or is gone. May be used from any thread.
public final class NodeEligibility {

    /// Key of the taint that the cluster autoscaler gives a node that it is about to delete.
    public static final String TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";

    private final String nodeName;
    private final boolean required;
    private boolean seen;
    private volatile boolean eligible = true;

    /// @param required whether every node has a Node object. Manifests need not have any; once they have one, they are
    ///     expected to have this node's
    public NodeEligibility(String nodeName, boolean required) {
        this.nodeName = nodeName;
        this.required = required;
    }

    public synchronized void follow(ClusterState state) {
        seen |= !state.nodes().isEmpty();
        Optional<Node> node = state.node(nodeName);
        eligible = node.map(NodeEligibility::stays).orElse(!required && !seen);
    }

    private static boolean stays(Node node) {
        return !node.deleting() && !node.taints().contains(TO_BE_DELETED);
    }

    public boolean eligible() {
        return eligible;
    }
}
