// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.observability.api.flow.SocketTranslationPoint;
import io.culvert.observability.api.flow.TraceObservationPoint;
import io.culvert.observability.api.flow.TraceReason;
import io.culvert.observability.api.flow.TrafficDirection;
import io.culvert.observability.names.RuleMatch;

/// Where something was met and on which way, in the numbers of Hubble.
final class FlowSituation {

    /// Message types of Hubble's datapath.
    static final int DROP = 1;

    static final int TRACE = 4;
    static final int POLICY_VERDICT = 5;
    static final int TRACE_SOCK = 7;

    private FlowSituation() {}

    static int type(Event event) {
        return switch (event.kind()) {
            case DROP -> DROP;
            case VERDICT -> POLICY_VERDICT;
            case SOCKET -> TRACE_SOCK;
            case TRACE, CLOSE, LOST -> TRACE;
        };
    }

    /// Of a verdict that of no rule.
    static int subType(Event event) {
        return switch (event.kind()) {
            case DROP -> event.reason();
            case VERDICT -> RuleMatch.NONE.number();
            case SOCKET -> SocketTranslationPoint.SOCK_XLATE_POINT_POST_DIRECTION_FWD_VALUE;
            // As Hubble's datapath counts: what is delivered to a pod is 0 there and 101 in messages.
            case TRACE, CLOSE, LOST ->
                event.hook() == EventHook.TO_POD ? 0 : point(event).getNumber();
        };
    }

    /// Whether what a pod, or this node, opens is looked at where it leaves.
    static boolean isEgress(Event event) {
        return event.hook() == EventHook.FROM_POD || event.hook() == EventHook.SOCKET;
    }

    /// Of the connection, not of the packet: a server's reply is ingress at the server. Of verdicts and drops, whose
    /// rules or which way was asked.
    static TrafficDirection direction(Event event) {
        boolean atPod = event.hook() == EventHook.FROM_POD || event.hook() == EventHook.TO_POD;
        boolean certain = event.kind() == EventKind.VERDICT || event.kind() == EventKind.DROP;
        if (event.hook() == EventHook.SOCKET) {
            return TrafficDirection.EGRESS;
        }
        if (!atPod || (!certain && !event.has(EventFlag.DIRECTED))) {
            return TrafficDirection.TRAFFIC_DIRECTION_UNKNOWN;
        }
        boolean turned = !certain && event.has(EventFlag.IS_REPLY);
        return isEgress(event) != turned ? TrafficDirection.EGRESS : TrafficDirection.INGRESS;
    }

    static TraceObservationPoint point(Event event) {
        if (event.kind() != EventKind.TRACE && event.kind() != EventKind.CLOSE) {
            return TraceObservationPoint.UNKNOWN_POINT;
        }
        return switch (event.hook()) {
            case FROM_POD -> TraceObservationPoint.FROM_ENDPOINT;
            case TO_POD -> TraceObservationPoint.TO_ENDPOINT;
            case FROM_NETWORK -> TraceObservationPoint.FROM_NETWORK;
            case TO_NETWORK -> TraceObservationPoint.TO_NETWORK;
            case SOCKET -> TraceObservationPoint.UNKNOWN_POINT;
        };
    }

    static TraceReason reason(Event event) {
        boolean trace = event.kind() == EventKind.TRACE || event.kind() == EventKind.CLOSE;
        if (!trace || !event.has(EventFlag.DIRECTED)) {
            return TraceReason.TRACE_REASON_UNKNOWN;
        }
        if (event.has(EventFlag.IS_REPLY)) {
            return TraceReason.REPLY;
        }
        boolean opens = event.protocol() == Layer4Messages.TCP
                && (event.tcpFlags() & (Layer4Messages.SYN | Layer4Messages.ACK)) == Layer4Messages.SYN;
        return opens ? TraceReason.NEW : TraceReason.ESTABLISHED;
    }
}
