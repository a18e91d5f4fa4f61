// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Node.
///
/// @param internalIps `status.addresses` of type InternalIP, in the order of the object
/// @param zone label `topology.kubernetes.io/zone`; null where it is absent or empty
/// @param podCidrs `spec.podCIDRs`
public record Node(
        ObjectName name,
        List<IpAddress> internalIps,
        @Nullable String zone,
        List<IpPrefix> podCidrs) implements ClusterObject {

    public Node {
        internalIps = List.copyOf(internalIps);
        podCidrs = List.copyOf(podCidrs);
    }

    /// A Node that has only a name and addresses.
    public static Node of(String name, List<IpAddress> internalIps) {
        return new Node(new ObjectName("", name), internalIps, null, List.of());
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.NODE;
    }
}
