// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import io.culvert.observability.api.flow.AuthType;
import io.culvert.observability.api.flow.Flow;
import java.util.List;
import java.util.stream.Stream;

/// A flow in words.
///
/// @param time of the flow
/// @param node that tells of it, in brackets in some formats
/// @param source and port
/// @param sourceIdentity such as `(ID:2341)` or `(world)`; empty if it is not known
/// @param type `to-endpoint`, a reason of a drop, `policy-verdict:L3-L4 INGRESS`
/// @param verdict `FORWARDED`, or of policies `ALLOWED`
record FlowText(
        String time,
        String node,
        String source,
        String sourceIdentity,
        String destination,
        String destinationIdentity,
        Direction direction,
        String type,
        String verdict,
        String summary) {

    /// Whether it goes to whoever opened the connection.
    enum Direction {
        REQUEST("->"),
        REPLY("<-"),
        UNKNOWN("<>");

        private final String arrow;

        Direction(String arrow) {
            this.arrow = arrow;
        }

        String arrow() {
            return arrow;
        }

        static Direction of(Flow flow) {
            if (!flow.hasIsReply()) {
                return UNKNOWN;
            }
            return flow.getIsReply().getValue() ? REPLY : REQUEST;
        }
    }

    List<String> keys(PrintOptions options) {
        return Stream.of("TIMESTAMP", "NODE", "SOURCE", "DESTINATION", "TYPE", "VERDICT", "SUMMARY")
                .filter(key -> options.nodeName() || !key.equals("NODE"))
                .toList();
    }

    /// In the order of [#keys].
    List<String> values(PrintOptions options) {
        return Stream.concat(
                        options.nodeName() ? Stream.of(time, node) : Stream.of(time),
                        Stream.of(source, destination, type, verdict, summary))
                .toList();
    }

    static FlowText of(Flow flow, PrintOptions options) {
        return new FlowText(
                options.time().text(flow.getTime()),
                Paint.harmless(flow.getNodeName()),
                EndText.source(flow, options),
                EndText.identity(flow.getSource().getIdentity(), options),
                EndText.destination(flow, options),
                EndText.identity(flow.getDestination().getIdentity(), options),
                Direction.of(flow),
                Paint.harmless(type(flow)),
                VerdictText.of(flow, options),
                Paint.harmless(summary(flow)));
    }

    private static String type(Flow flow) {
        int subType = flow.getEventType().getSubType();
        return switch (flow.getEventType().getType()) {
            case HubbleWords.TRACE -> HubbleWords.tracePoint(subType);
            case HubbleWords.DROP -> HubbleWords.drop(subType);
            case HubbleWords.POLICY_VERDICT ->
                "policy-verdict:" + HubbleWords.match(flow.getPolicyMatchType()) + " " + flow.getTrafficDirection();
            case HubbleWords.CAPTURE -> flow.getDebugCapturePoint().toString();
            case HubbleWords.TRACE_SOCK -> socket(flow);
            default -> "UNKNOWN";
        };
    }

    private static String socket(Flow flow) {
        return switch (flow.getSockXlatePoint()) {
            case SOCK_XLATE_POINT_PRE_DIRECTION_FWD -> "pre-xlate-fwd";
            case SOCK_XLATE_POINT_POST_DIRECTION_FWD -> "post-xlate-fwd";
            case SOCK_XLATE_POINT_PRE_DIRECTION_REV -> "pre-xlate-rev";
            case SOCK_XLATE_POINT_POST_DIRECTION_REV -> "post-xlate-rev";
            case SOCK_XLATE_POINT_UNKNOWN, UNRECOGNIZED -> "SOCK_XLATE_POINT_UNKNOWN";
        };
    }

    private static String summary(Flow flow) {
        long trace = flow.getIpTraceId().getTraceId();
        String auth = flow.getAuthType() == AuthType.DISABLED ? "" : "; " + flow.getAuthType();
        return (trace == 0 ? "" : "IP Trace ID: " + Long.toUnsignedString(trace) + "; ") + flow.getSummary() + auth;
    }
}
