// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Pod. The API server source only has those of its own node.
///
/// @param uid `metadata.uid`, which names the pod's cgroup; empty where the source has none
/// @param ips `status.podIPs`; empty once the pod has ended, because its addresses may belong to another by then
/// @param nodeName `spec.nodeName`; null before the pod is scheduled
/// @param socketLb by annotation `culvert.io/socket-lb`, and without one by whether the pod has a sidecar
public record Pod(
        ObjectName name,
        String uid,
        List<IpAddress> ips,
        @Nullable String nodeName,
        boolean hostNetwork,
        SocketLb socketLb)
        implements ClusterObject {

    public Pod {
        ips = List.copyOf(ips);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.POD;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
