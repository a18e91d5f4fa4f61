// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// The kinds of objects in a [ClusterState].
public enum ObjectKind {
    SERVICE("Service"),
    ENDPOINT_SLICE("EndpointSlice"),
    NODE("Node"),
    POD("Pod"),
    SERVICE_CIDR("ServiceCIDR"),
    NAMESPACE("Namespace"),
    NETWORK_POLICY("NetworkPolicy"),
    CLUSTER_NETWORK_POLICY("ClusterNetworkPolicy");

    private final String apiName;

    ObjectKind(String apiName) {
        this.apiName = apiName;
    }

    /// The kind as manifests write it, as `EndpointSlice`.
    public String apiName() {
        return apiName;
    }
}
