// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.Set;

/// Fields that nobody here asks for and that are most of a large object. They are skipped unread, outside of
/// `metadata`, whose keys may be anything.
final class UnreadFields {

    private static final Set<String> OF_PODS = Set.of(
            "affinity",
            "args",
            "command",
            "conditions",
            "containerStatuses",
            "env",
            "envFrom",
            "ephemeralContainerStatuses",
            "ephemeralContainers",
            "initContainerStatuses",
            "lifecycle",
            "livenessProbe",
            "nodeSelector",
            "readinessProbe",
            "resources",
            "securityContext",
            "startupProbe",
            "tolerations",
            "topologySpreadConstraints",
            "volumeMounts",
            "volumes");

    private static final Set<String> OF_NODES = Set.of(
            "allocatable",
            "capacity",
            "conditions",
            "features",
            "images",
            "nodeInfo",
            "runtimeHandlers",
            "volumesAttached",
            "volumesInUse");

    private UnreadFields() {}

    static Set<String> of(DocumentKind kind) {
        return switch (kind) {
            case POD -> OF_PODS;
            case NODE -> OF_NODES;
            case NAMESPACE, SERVICE, ENDPOINT_SLICE, SERVICE_CIDR, NETWORK_POLICY, CLUSTER_NETWORK_POLICY, LIST ->
                Set.of();
        };
    }
}
