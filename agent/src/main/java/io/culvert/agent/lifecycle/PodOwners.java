// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.cluster.Pod;
import io.culvert.net.IpAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Which pod of this node has which address.
final class PodOwners {

    private PodOwners() {}

    /// Without pods in the node's network, which share its addresses. One that comes back under its name is another.
    static Map<IpAddress, String> of(Collection<Pod> pods, String nodeName) {
        Map<IpAddress, String> owners = new HashMap<>();
        for (Pod pod : pods) {
            if (!pod.hostNetwork() && nodeName.equals(pod.nodeName())) {
                pod.ips().forEach(ip -> owners.put(ip, pod.name() + " " + pod.uid()));
            }
        }
        return owners;
    }
}
