// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import java.util.List;

/// The network of a pod that other plugins have just made. Nothing runs in it yet.
///
/// @param containerId the runtime's name for it, which it is deleted by
/// @param uid of the pod; empty where the runtime does not say
/// @param interfaces of the host, as the other plugins name them: one of them may be the pod's
public record PodSandbox(
        String containerId, ObjectName pod, String uid, List<IpAddress> addresses, List<String> interfaces) {

    public PodSandbox {
        addresses = List.copyOf(addresses);
        interfaces = List.copyOf(interfaces);
    }
}
