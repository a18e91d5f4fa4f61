// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The pods of this node that run, and what was last found to select them.
final class LocalPods {

    /// What a pod is held to.
    record Selected(Selection ingress, Selection egress) {}

    private final String nodeName;
    private final Map<ObjectName, PolicyPod> running = new TreeMap<>();
    private final Map<ObjectName, Selected> selected = new HashMap<>();

    LocalPods(String nodeName) {
        this.nodeName = nodeName;
    }

    /// Returns whether the pod is one of these.
    boolean put(PolicyPod pod) {
        if (!PolicyInputs.local(pod, nodeName)) {
            return false;
        }
        running.put(pod.name(), pod);
        return true;
    }

    /// Returns whether the pod was one of these.
    boolean remove(ObjectName name) {
        selected.remove(name);
        return running.remove(name) != null;
    }

    /// Forgets what was found, because other policies may select the pods now.
    void forgetSelections() {
        selected.clear();
    }

    /// Forgets what was found for the pods of some namespaces.
    void forgetSelections(Set<String> namespaces) {
        selected.keySet().removeIf(pod -> namespaces.contains(pod.namespace()));
    }

    /// By name, with those in the node's network.
    Collection<PolicyPod> running() {
        return running.values();
    }

    /// By name, those that policies are enforced at.
    List<PolicyPod> governed() {
        return running.values().stream().filter(PolicyPod::governed).toList();
    }

    Selected selected(PolicyPod pod, Selector selector) {
        return selected.computeIfAbsent(
                pod.name(),
                _ -> new Selected(selector.select(pod, Direction.INGRESS), selector.select(pod, Direction.EGRESS)));
    }
}
