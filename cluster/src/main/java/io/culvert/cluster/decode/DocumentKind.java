// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// The kinds that manifests may have.
public enum DocumentKind {
    NODE("Node", "v1", false),
    NAMESPACE("Namespace", "v1", false),
    POD("Pod", "v1", true),
    SERVICE("Service", "v1", true),
    ENDPOINT_SLICE("EndpointSlice", "discovery.k8s.io/v1", true),
    SERVICE_CIDR("ServiceCIDR", "networking.k8s.io/v1", false),
    NETWORK_POLICY("NetworkPolicy", "networking.k8s.io/v1", true),
    CLUSTER_NETWORK_POLICY("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2", false),
    LIST("List", "v1", false);

    private final String apiName;
    private final String apiVersion;
    private final boolean namespaced;

    DocumentKind(String apiName, String apiVersion, boolean namespaced) {
        this.apiName = apiName;
        this.apiVersion = apiVersion;
        this.namespaced = namespaced;
    }

    public String apiName() {
        return apiName;
    }

    public String apiVersion() {
        return apiVersion;
    }

    public boolean namespaced() {
        return namespaced;
    }

    static Optional<DocumentKind> ofApiName(String text) {
        return Arrays.stream(values()).filter(kind -> kind.apiName.equals(text)).findFirst();
    }

    static String apiNames() {
        return Arrays.stream(values()).map(DocumentKind::apiName).collect(Collectors.joining(", "));
    }
}
