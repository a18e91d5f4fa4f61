// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpPrefix;
import java.util.List;

/// A ServiceCIDR (KEP-1880): blocks that cluster IPs are taken from, and nothing else.
///
/// @param cidrs `spec.cidrs`, one of each family at most
public record ServiceCidr(ObjectName name, List<IpPrefix> cidrs) implements ClusterObject {

    public ServiceCidr {
        cidrs = List.copyOf(cidrs);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.SERVICE_CIDR;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
