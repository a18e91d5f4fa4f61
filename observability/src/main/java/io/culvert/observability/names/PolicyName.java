// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

import java.util.List;

/// A policy of the cluster.
///
/// @param kind `NetworkPolicy` or `ClusterNetworkPolicy`
/// @param namespace empty if it has none
public record PolicyName(String kind, String namespace, String name) {

    private static final String PREFIX = "k8s:io.cilium.k8s.policy.";

    /// As labels that observers know.
    public List<String> labels() {
        String derivedFrom = PREFIX + "derived-from=" + kind;
        String named = PREFIX + "name=" + name;
        return namespace.isEmpty()
                ? List.of(derivedFrom, named)
                : List.of(derivedFrom, named, PREFIX + "namespace=" + namespace);
    }
}
