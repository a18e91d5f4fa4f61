// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Labels of the pods of a namespace by their addresses. Pods that use their node's network share an address: the one
/// that was made first counts.
final class PodLabels {

    private PodLabels() {}

    /// Empty while pods are not known, or where they are not followed. Costs a look at every pod of the cluster.
    static Optional<Function<PortEndpoint, Map<String, String>>> of(String namespace, ClusterState state) {
        if (state.policies().pods().isEmpty()) {
            return Optional.empty();
        }
        Map<IpAddress, PolicyPod> pods = new HashMap<>();
        for (PolicyPod pod : state.policies().pods().values()) {
            if (pod.name().namespace().equals(namespace) && !pod.finished()) {
                pod.addresses().forEach(address -> pods.merge(address, pod, PodLabels::first));
            }
        }
        return Optional.of(endpoint -> {
            PolicyPod pod = pods.get(endpoint.address());
            return pod == null ? Map.of() : pod.labels();
        });
    }

    private static PolicyPod first(PolicyPod one, PolicyPod other) {
        int order = one.created().compareTo(other.created());
        return order < 0 || (order == 0 && one.name().compareTo(other.name()) < 0) ? one : other;
    }
}
