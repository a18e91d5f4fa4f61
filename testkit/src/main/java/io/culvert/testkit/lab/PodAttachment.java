// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// How a node's pods are connected to it.
public enum PodAttachment {
    /// As Calico does it: the pod has a /32 and a /128, its gateway is 169.254.1.1 (answered by proxy ARP) or the
    /// link-local address of the host's end, and the node has a route to each pod.
    ROUTED,
    /// As flannel and the bridge plugin do it: the host's ends are ports of the bridge `cni0`, which has the first
    /// address of the node's pod range. Pods of one node reach each other without the node's IP layer.
    BRIDGED
}
