// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.net.IpFamily;
import io.culvert.observability.api.flow.DropReason;
import io.culvert.observability.count.FlowDirection;
import io.culvert.observability.hubble.DropReasons;
import io.culvert.observability.print.HubbleWords;

/// Values of labels, as dashboards of Hubble and Cilium know them.
final class HubbleLabels {

    private HubbleLabels() {}

    /// `Trace`, `Drop`, `PolicyVerdict`; what Hubble's metrics do not know is `Unknown` there, too.
    static String type(EventKind kind) {
        return switch (kind) {
            case TRACE, CLOSE -> "Trace";
            case DROP -> "Drop";
            case VERDICT -> "PolicyVerdict";
            case SOCKET, LOST -> "Unknown";
        };
    }

    /// Where a trace was, as `to-endpoint`; of all else empty, and of sockets the number of their messages.
    static String subtype(EventKind kind, EventHook hook) {
        return switch (kind) {
            case TRACE, CLOSE -> point(hook);
            case SOCKET -> Integer.toString(HubbleWords.TRACE_SOCK);
            case DROP, VERDICT, LOST -> "";
        };
    }

    private static String point(EventHook hook) {
        return switch (hook) {
            case FROM_POD -> "from-endpoint";
            case TO_POD -> "to-endpoint";
            case FROM_NETWORK -> "from-network";
            case TO_NETWORK -> "to-network";
            case SOCKET -> "";
        };
    }

    /// `ingress` or `egress`
    static String direction(EventHook hook) {
        return FlowMeters.text(FlowDirection.of(hook));
    }

    /// `POLICY_DENIED`; of a reason that is ours alone the nearest one of Hubble's.
    static String reason(int number) {
        return DropReasons.describe(number).name();
    }

    /// `Policy denied`; the text of the same reason, and our own where none of Hubble's is near.
    static String reasonText(int number) {
        DropReason nearest = DropReasons.describe(number);
        return HubbleWords.drop(nearest == DropReason.DROP_REASON_UNKNOWN ? number : nearest.getNumber());
    }

    /// `EchoRequest`, for types that are common; else `Type 42`.
    static String icmpType(IpFamily family, int type) {
        return family == IpFamily.IPV4 ? v4(type) : v6(type);
    }

    private static String v4(int type) {
        return switch (type) {
            case 0 -> "EchoReply";
            case 3 -> "DestinationUnreachable";
            case 5 -> "Redirect";
            case 8 -> "EchoRequest";
            case 11 -> "TimeExceeded";
            default -> "Type " + type;
        };
    }

    private static String v6(int type) {
        return switch (type) {
            case 1 -> "DestinationUnreachable";
            case 2 -> "PacketTooBig";
            case 3 -> "TimeExceeded";
            case 128 -> "EchoRequest";
            case 129 -> "EchoReply";
            case 133 -> "RouterSolicitation";
            case 134 -> "RouterAdvertisement";
            case 135 -> "NeighborSolicitation";
            case 136 -> "NeighborAdvertisement";
            default -> "Type " + type;
        };
    }
}
