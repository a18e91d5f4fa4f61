// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

import io.culvert.maps.event.EventHook;

/// Which way a flow goes, as the pod or the node sees it that it was met at.
public enum FlowDirection {
    INGRESS,
    EGRESS;

    /// What a socket dials is [#EGRESS].
    public static FlowDirection of(EventHook hook) {
        return switch (hook) {
            case FROM_POD, TO_NETWORK, SOCKET -> EGRESS;
            case TO_POD, FROM_NETWORK -> INGRESS;
        };
    }
}
