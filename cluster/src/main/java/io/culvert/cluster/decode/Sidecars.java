// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.List;
import java.util.Set;

/// Tells pods with a sidecar of a service mesh, by what its injector writes into the pod, or by the name of the
/// container where somebody put it there by hand.
final class Sidecars {

    /// Istio's injector writes the first one, Linkerd's the others; of those the version was once a label.
    private static final Set<String> MARKS =
            Set.of("sidecar.istio.io/status", "linkerd.io/proxy-version", "linkerd.io/control-plane-ns");

    private static final Set<String> CONTAINERS = Set.of("istio-proxy", "linkerd-proxy");

    private Sidecars() {}

    /// @param spec of the Pod; a sidecar that outlives the other containers is among its initContainers
    static boolean in(Metadata metadata, Fields spec) {
        return MARKS.stream()
                        .anyMatch(mark -> metadata.annotations().containsKey(mark)
                                || metadata.labels().containsKey(mark))
                || List.of("containers", "initContainers").stream()
                        .flatMap(key -> spec.each(key).stream())
                        .anyMatch(container -> container
                                .text("name")
                                .filter(CONTAINERS::contains)
                                .isPresent());
    }
}
