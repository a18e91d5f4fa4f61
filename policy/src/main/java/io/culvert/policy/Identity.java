// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.PolicyPeer.IpBlock;
import java.util.Map;
import java.util.Set;

/// What pods have in common that no policy of the cluster can tell apart.
///
/// @param namespaceLabels only with keys that some peer's selector names
/// @param podLabels only with keys that some peer's selector names
/// @param ports only with names that some egress rule uses
/// @param blocks that the address is in, of those that some egress rule has together with a port name: only an identity
///     knows the names of a pod's ports, so it must know these too
public record Identity(
        String namespace,
        Map<String, String> namespaceLabels,
        Map<String, String> podLabels,
        Set<ContainerPort> ports,
        Set<IpBlock> blocks) {

    public Identity {
        namespaceLabels = Map.copyOf(namespaceLabels);
        podLabels = Map.copyOf(podLabels);
        ports = Set.copyOf(ports);
        blocks = Set.copyOf(blocks);
    }
}
