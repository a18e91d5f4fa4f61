// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.flow.DropReason;
import java.util.Optional;

/// Why something was dropped, in the words of Hubble. Most numbers are shared; those of Culvert alone become the
/// nearest one that Hubble's clients know, and a text.
public final class DropReasons {

    private DropReasons() {}

    /// @param number of a [io.culvert.maps.DropReason], or 0
    public static DropReason describe(int number) {
        DropReason shared = DropReason.forNumber(number);
        if (shared != null) {
            return shared;
        }
        return own(number).map(DropReasons::nearest).orElse(DropReason.DROP_REASON_UNKNOWN);
    }

    private static Optional<io.culvert.maps.DropReason> own(int number) {
        return DropReason.forNumber(number) == null ? io.culvert.maps.DropReason.ofNumber(number) : Optional.empty();
    }

    private static DropReason nearest(io.culvert.maps.DropReason reason) {
        return switch (reason) {
            case NO_LOCAL_BACKEND, BACKEND_REMOVED, DSR_NO_BACKEND -> DropReason.SERVICE_BACKEND_NOT_FOUND;
            case POLICY_NO_STATE -> DropReason.CT_MAP_INSERTION_FAILED;
            case POLICY_UNKNOWN_POD -> DropReason.DROP_EP_NOT_READY;
            case POLICY_AUDIT, POLICY_MIDSTREAM -> DropReason.POLICY_DENIED;
            default -> DropReason.DROP_REASON_UNKNOWN;
        };
    }

    /// What Hubble has no number for; empty where its own says it.
    static String text(int number) {
        return own(number)
                .map(reason -> switch (reason) {
                    case NO_LOCAL_BACKEND -> "no endpoint on this node";
                    case BACKEND_REMOVED -> "its endpoint is gone";
                    case TOO_BIG -> "too big for the way to its endpoint";
                    case DSR_NO_BACKEND -> "its endpoint is not on this node";
                    case NODE_PORT_BIND -> "the port is a NodePort";
                    case POLICY_NO_STATE -> "no room for its state";
                    case POLICY_UNKNOWN_POD -> "the pod is not known yet";
                    case POLICY_AUDIT -> "would be denied without audit mode";
                    case POLICY_MIDSTREAM -> "taken up in the middle";
                    default -> "";
                })
                .orElse("");
    }
}
