// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a lab shall have; see [Lab#builder()].
public final class LabBuilder {

    /// One node and the names of its pods.
    record NodeSpec(String name, PodAttachment attachment, List<String> pods) {}

    private final List<NodeSpec> nodes = new ArrayList<>();
    private Set<IpFamily> families = EnumSet.allOf(IpFamily.class);
    private int mtu = 1500;

    LabBuilder() {}

    /// A node with pods. Names are unique in the lab.
    public LabBuilder node(String name, PodAttachment attachment, String... pods) {
        nodes.add(new NodeSpec(name, attachment, List.of(pods)));
        return this;
    }

    /// Both families unless said otherwise.
    public LabBuilder families(IpFamily first, IpFamily... more) {
        families = EnumSet.of(first, more);
        return this;
    }

    /// The MTU of the underlay and of the pods; 1500 unless said otherwise.
    public LabBuilder mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    /// Makes the lab.
    ///
    /// @throws LabException if a prerequisite is missing or the kernel refuses; nothing is left behind then
    public Lab create() {
        return Lab.create(nodes, new NamespaceWiring(families, mtu));
    }
}
