// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who answers clients outside whose backend is on another node, where externalTrafficPolicy is Cluster.
public enum ForwardingMode {
    /// This node, which the backend sees as its client.
    SNAT,
    /// The backend, which sees the client: direct server return.
    DSR;

    static final String ANNOTATION = "culvert.io/forwarding-mode";
    private static final String CILIUM_ANNOTATION = "service.cilium.io/forwarding-mode";

    static ForwardingMode of(Service service, List<ServiceConflict> conflicts) {
        Map<String, String> annotations = service.annotations();
        String key = annotations.containsKey(ANNOTATION) ? ANNOTATION : CILIUM_ANNOTATION;
        return switch (Optional.ofNullable(annotations.get(key)).orElse("snat")) {
            case "snat" -> SNAT;
            case "dsr" -> DSR;
            case String other -> {
                conflicts.add(new ServiceConflict.AnnotationNotUnderstood(key, other, "\"snat\" or \"dsr\""));
                yield SNAT;
            }
        };
    }
}
