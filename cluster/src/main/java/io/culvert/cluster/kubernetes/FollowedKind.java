// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.culvert.cluster.decode.DocumentKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A kind to follow, and which of its objects.
///
/// @param plural as in `kubectl get`, for messages
/// @param path of the collection over all namespaces
/// @param labelSelector what the server leaves out by labels, or empty
/// @param fieldSelector what the server leaves out by fields, or empty
/// @param first field selector of the few objects that Services need before the long list of all; empty where Services
///     need all of them, or none
record FollowedKind(
        DocumentKind kind, String plural, String path, String labelSelector, String fieldSelector, String first) {

    private static final int PAGE = 500;

    /// What a node agent needs to know: all Services and slices that are not marked for others, its own Node, its own
    /// Pods, and what cluster IPs are taken from. For policies, all Nodes and Pods, Namespaces and policies.
    static List<FollowedKind> all(String nodeName, boolean policies) {
        List<FollowedKind> all = new ArrayList<>();
        all.add(new FollowedKind(
                DocumentKind.SERVICE,
                "services",
                "/api/v1/services",
                "!service.kubernetes.io/service-proxy-name",
                "",
                ""));
        all.add(new FollowedKind(
                DocumentKind.ENDPOINT_SLICE,
                "endpointslices",
                "/apis/discovery.k8s.io/v1/endpointslices",
                "!service.kubernetes.io/headless",
                "",
                ""));
        all.add(ofNode(DocumentKind.NODE, "nodes", "metadata.name=" + nodeName, policies));
        all.add(ofNode(DocumentKind.POD, "pods", "spec.nodeName=" + nodeName, policies));
        all.add(whole(DocumentKind.SERVICE_CIDR, "/apis/networking.k8s.io/v1/", "servicecidrs"));
        if (policies) {
            all.add(whole(DocumentKind.NAMESPACE, "/api/v1/", "namespaces"));
            all.add(whole(DocumentKind.NETWORK_POLICY, "/apis/networking.k8s.io/v1/", "networkpolicies"));
            all.add(whole(
                    DocumentKind.CLUSTER_NETWORK_POLICY,
                    "/apis/policy.networking.k8s.io/v1alpha2/",
                    "clusternetworkpolicies"));
        }
        return List.copyOf(all);
    }

    private static FollowedKind ofNode(DocumentKind kind, String plural, String own, boolean policies) {
        return new FollowedKind(kind, plural, "/api/v1/" + plural, "", policies ? "" : own, policies ? own : "");
    }

    private static FollowedKind whole(DocumentKind kind, String group, String plural) {
        return new FollowedKind(kind, plural, group + plural, "", "", "");
    }

    /// Whether a server need not have it: ServiceCIDRs are there from Kubernetes 1.33 on, ClusterNetworkPolicies where
    /// somebody has installed their definition.
    boolean optional() {
        return kind == DocumentKind.SERVICE_CIDR || kind == DocumentKind.CLUSTER_NETWORK_POLICY;
    }

    /// Whether Services are served without it, if the server does not show it.
    boolean dispensable() {
        return kind == DocumentKind.POD;
    }

    /// What it means for policies if the server does not show it.
    String withheld() {
        return kind == DocumentKind.CLUSTER_NETWORK_POLICY
                ? "none of them is enforced that is not in force already"
                : "policies stay as they are in force, and no change of them is enforced";
    }

    /// What to add to the ClusterRole of an agent that may not read it.
    String right() {
        String group = kind.apiVersion().contains("/") ? kind.apiVersion().replaceFirst("/.*", "") : "";
        return "add this rule to the ClusterRole of the agent: {apiGroups: [\"" + group + "\"], resources: [" + plural
                + "], verbs: [list, watch]}";
    }

    boolean forServices() {
        return switch (kind) {
            case SERVICE, ENDPOINT_SLICE, SERVICE_CIDR, NODE, POD, LIST -> true;
            case NAMESPACE, NETWORK_POLICY, CLUSTER_NETWORK_POLICY -> false;
        };
    }

    /// Whether it is followed for policies, too.
    boolean forPolicies() {
        return switch (kind) {
            case NAMESPACE, NETWORK_POLICY, CLUSTER_NETWORK_POLICY -> true;
            case NODE, POD -> fieldSelector.isEmpty();
            case SERVICE, ENDPOINT_SLICE, SERVICE_CIDR, LIST -> false;
        };
    }

    /// The list of what Services need first.
    FollowedKind firstPart() {
        return new FollowedKind(kind, plural, path, labelSelector, first, "");
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
