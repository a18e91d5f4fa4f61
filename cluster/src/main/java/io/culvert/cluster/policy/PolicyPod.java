// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.PolicyObject;
import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A Pod as policies see it, of any node. [io.culvert.cluster.Pod] is the same object as its own node's agent sees it
/// for Services: there are few of those, and up to 150,000 of these.
///
/// @param uid `metadata.uid`; empty where the source has none, and of pods of other nodes
/// @param created `metadata.creationTimestamp`; [Instant#EPOCH] where the source has none
/// @param addresses `status.podIPs`, one of each family at most
/// @param finished whether `status.phase` is Succeeded or Failed: its addresses may belong to another pod by now
/// @param ports named ports of all containers that run beside each other: `containers`, and `initContainers` whose
///     `restartPolicy` is Always
/// @param nodeName `spec.nodeName`; null before the pod is scheduled
public record PolicyPod(
        ObjectName name,
        String uid,
        Instant created,
        Map<String, String> labels,
        List<IpAddress> addresses,
        boolean hostNetwork,
        boolean finished,
        Set<ContainerPort> ports,
        @Nullable String nodeName)
        implements PolicyObject {

    public PolicyPod {
        labels = Map.copyOf(labels);
        addresses = List.copyOf(addresses);
        ports = Set.copyOf(ports);
    }

    /// Whether policies know this pod, as subject and as peer: not if it has ended, and not if it uses its node's
    /// network, for its traffic is the node's.
    public boolean governed() {
        return !hostNetwork && !finished;
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
