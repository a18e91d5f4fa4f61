// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A Node.
///
/// @param internalIps `status.addresses` of type InternalIP, in the order of the object
/// @param zone label `topology.kubernetes.io/zone`; null where it is absent or empty
/// @param podCidrs `spec.podCIDRs`
/// @param taints keys of `spec.taints`
/// @param deleting whether it has a `metadata.deletionTimestamp`
public record Node(
        ObjectName name,
        List<IpAddress> internalIps,
        @Nullable String zone,
        List<IpPrefix> podCidrs,
        Set<String> taints,
        boolean deleting)
        implements ClusterObject {

    public Node {
        internalIps = List.copyOf(internalIps);
        podCidrs = List.copyOf(podCidrs);
        taints = Set.copyOf(taints);
    }

    /// A Node that has only a name and addresses.
    public static Node of(String name, List<IpAddress> internalIps) {
        return new Node(new ObjectName("", name), internalIps, null, List.of(), Set.of(), false);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.NODE;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
