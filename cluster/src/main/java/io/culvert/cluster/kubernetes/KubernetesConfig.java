// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the API server is and who we are.
///
/// @param kubeconfig a kubeconfig file; null for the service account of a pod
/// @param apiServer the server's URL in place of the kubeconfig's or of `KUBERNETES_SERVICE_HOST`; it must be reachable
///     without any Service translation
/// @param nodeName name of this node's Node object
/// @param policies whether policies are followed, and the Namespaces, Pods and Nodes of the whole cluster for them
public record KubernetesConfig(
        @Nullable Path kubeconfig, @Nullable URI apiServer, String nodeName, boolean policies) {}
