// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.culvert.cluster.decode.DocumentKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A kind to follow, and which of its objects.
///
/// @param plural as in `kubectl get`, for messages
/// @param path of the collection over all namespaces
/// @param labelSelector what the server leaves out by labels, or empty
/// @param fieldSelector what the server leaves out by fields, or empty
record FollowedKind(DocumentKind kind, String plural, String path, String labelSelector, String fieldSelector) {

    private static final int PAGE = 500;

    /// What a node agent needs to know: all Services and slices that are not marked for others, its own Node, its own
    /// Pods, and what cluster IPs are taken from.
    static List<FollowedKind> all(String nodeName) {
        return List.of(
                new FollowedKind(
                        DocumentKind.SERVICE,
                        "services",
                        "/api/v1/services",
                        "!service.kubernetes.io/service-proxy-name",
                        ""),
                new FollowedKind(
                        DocumentKind.ENDPOINT_SLICE,
                        "endpointslices",
                        "/apis/discovery.k8s.io/v1/endpointslices",
                        "!service.kubernetes.io/headless",
                        ""),
                new FollowedKind(DocumentKind.NODE, "nodes", "/api/v1/nodes", "", "metadata.name=" + nodeName),
                new FollowedKind(DocumentKind.POD, "pods", "/api/v1/pods", "", "spec.nodeName=" + nodeName),
                new FollowedKind(
                        DocumentKind.SERVICE_CIDR, "servicecidrs", "/apis/networking.k8s.io/v1/servicecidrs", "", ""));
    }

    /// Whether a server need not have it: ServiceCIDRs are there from Kubernetes 1.33 on.
    boolean optional() {
        return kind == DocumentKind.SERVICE_CIDR;
    }

    /// @param token where the last page ended; empty for the first page
    String listPath(String token) {
        return path + "?limit=" + PAGE + selectors() + parameter("continue", token);
    }

    /// @param version the version that is known
    /// @param seconds after which the server is to end the watch
    String watchPath(String version, long seconds) {
        return path + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" + seconds
                + parameter("resourceVersion", version) + selectors();
    }

    private String selectors() {
        return parameter("labelSelector", labelSelector) + parameter("fieldSelector", fieldSelector);
    }

    private static String parameter(String name, String value) {
        return value.isEmpty() ? "" : "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
