// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which pod has which address.
final class AddressOwners {

    /// An address that was given to another pod while the first one's object is still there is the later pod's.
    static final Comparator<PolicyPod> EARLIEST_FIRST = Comparator.comparing(PolicyPod::created)
            .thenComparing(PolicyPod::uid)
            .thenComparing(PolicyPod::name);

    private AddressOwners() {}

    /// By address, in its order. A node's address is no pod's, whoever claims it: a pod in its node's network would
    /// lend its labels to everything else that runs there.
    static Map<IpAddress, PolicyPod> of(List<PolicyPod> pods, List<PolicyNode> nodes) {
        Set<IpAddress> ofNodes = new HashSet<>();
        nodes.forEach(node -> ofNodes.addAll(node.addresses()));
        pods.stream()
                .filter(pod -> pod.hostNetwork() && !pod.finished())
                .forEach(pod -> ofNodes.addAll(pod.addresses()));
        Map<IpAddress, PolicyPod> owners = new TreeMap<>();
        pods.stream()
                .filter(PolicyPod::governed)
                .sorted(EARLIEST_FIRST)
                .forEach(pod -> pod.addresses().stream()
                        .filter(address -> !ofNodes.contains(address))
                        .forEach(address -> owners.put(address, pod)));
        return owners;
    }
}
