// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.control.UnknownObjectException;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.util.Set;

/// What the names in a question mean in the cluster.
final class NamedObjects {

    private NamedObjects() {}

    /// The filter with the addresses of the pod that it names.
    ///
    /// @throws UnknownObjectException if the Service or pod is not there, or the pod has no address
    static FlowFilter resolve(FlowFilter filter, ClusterState cluster) {
        filter.service().filter(name -> cluster.service(name).isEmpty()).ifPresent(name -> {
            throw new UnknownObjectException(
                    "find Service " + name + ": there is none; culvert service list shows those that are served");
        });
        return filter.pod()
                .map(name -> filter.withEnds(addresses(name, cluster)))
                .orElse(filter);
    }

    private static Set<IpAddress> addresses(ObjectName name, ClusterState cluster) {
        Pod pod = cluster.pod(name)
                .orElseThrow(() -> new UnknownObjectException(
                        "find pod " + name + ": there is none that the agent knows; name its address instead"));
        if (pod.ips().isEmpty()) {
            throw new UnknownObjectException(
                    "find pod " + name + ": it has no address, or has ended; name the address that it had instead");
        }
        return Set.copyOf(pod.ips());
    }
}
