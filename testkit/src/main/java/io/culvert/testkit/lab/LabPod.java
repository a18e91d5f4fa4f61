// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.nio.file.Path;

/// A pod: a namespace with one interface, and a cgroup below its node's named as the kubelet names it, `pod<uid>`.
public final class LabPod extends LabHost {

    private final LabNode node;
    private final int index;
    private final String uid;
    private final String hostInterface;

    LabPod(LabNode node, String name, String netns, Path cgroup, int index, String uid, String hostInterface) {
        super(node.lab(), name, netns, cgroup);
        this.node = node;
        this.index = index;
        this.uid = uid;
        this.hostInterface = hostInterface;
    }

    public LabNode node() {
        return node;
    }

    /// `metadata.uid` of the Pod object.
    public String uid() {
        return uid;
    }

    public IpAddress ip(IpFamily family) {
        return AddressPlan.pod(family, node.index(), index);
    }

    /// The name, on the node, of the pod's interface.
    public String hostInterface() {
        return hostInterface;
    }
}
