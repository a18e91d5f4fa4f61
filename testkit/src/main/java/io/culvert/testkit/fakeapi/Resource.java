// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import java.util.Arrays;
import java.util.Optional;

/// The kinds that the fake API server serves.
public enum Resource {
    SERVICES("/api/v1/services", "Service"),
    ENDPOINT_SLICES("/apis/discovery.k8s.io/v1/endpointslices", "EndpointSlice"),
    NODES("/api/v1/nodes", "Node"),
    PODS("/api/v1/pods", "Pod"),
    SERVICE_CIDRS("/apis/networking.k8s.io/v1/servicecidrs", "ServiceCIDR"),
    NAMESPACES("/api/v1/namespaces", "Namespace"),
    NETWORK_POLICIES("/apis/networking.k8s.io/v1/networkpolicies", "NetworkPolicy"),
    CLUSTER_NETWORK_POLICIES("/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies", "ClusterNetworkPolicy"),

    // What came before ClusterNetworkPolicies.
    ADMIN_NETWORK_POLICIES("/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies", "AdminNetworkPolicy"),
    BASELINE_ADMIN_NETWORK_POLICIES(
            "/apis/policy.networking.k8s.io/v1alpha1/baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy");

    private final String path;
    private final String kind;

    Resource(String path, String kind) {
        this.path = path;
        this.kind = kind;
    }

    /// Path of the collection over all namespaces.
    public String path() {
        return path;
    }

    public String kind() {
        return kind;
    }

    boolean namespaced() {
        return switch (this) {
            case SERVICES, ENDPOINT_SLICES, PODS, NETWORK_POLICIES -> true;
            case NODES,
                    SERVICE_CIDRS,
                    NAMESPACES,
                    CLUSTER_NETWORK_POLICIES,
                    ADMIN_NETWORK_POLICIES,
                    BASELINE_ADMIN_NETWORK_POLICIES -> false;
        };
    }

    String apiVersion() {
        return switch (this) {
            case SERVICES, NODES, PODS, NAMESPACES -> "v1";
            case ENDPOINT_SLICES -> "discovery.k8s.io/v1";
            case SERVICE_CIDRS, NETWORK_POLICIES -> "networking.k8s.io/v1";
            case CLUSTER_NETWORK_POLICIES -> "policy.networking.k8s.io/v1alpha2";
            case ADMIN_NETWORK_POLICIES, BASELINE_ADMIN_NETWORK_POLICIES -> "policy.networking.k8s.io/v1alpha1";
        };
    }

    static Optional<Resource> ofPath(String path) {
        return Arrays.stream(values())
                .filter(resource -> resource.path.equals(path))
                .findFirst();
    }

    static Optional<Resource> ofKind(String kind) {
        return Arrays.stream(values())
                .filter(resource -> resource.kind.equals(kind))
                .findFirst();
    }
}
