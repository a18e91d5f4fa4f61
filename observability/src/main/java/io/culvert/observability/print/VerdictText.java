// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.Policy;
import io.culvert.observability.api.flow.TrafficDirection;
import java.util.List;
import java.util.stream.Collectors;

/// What became of a flow, in words; of what policies said, and by which.
final class VerdictText {

    private VerdictText() {}

    static String of(Flow flow, PrintOptions options) {
        boolean policy = flow.getEventType().getType() == HubbleWords.POLICY_VERDICT;
        boolean names = policy && options.policyNames();
        String verdict = flow.getVerdict().toString();
        return switch (flow.getVerdict()) {
            case FORWARDED, REDIRECTED ->
                Paint.GREEN.on((policy ? "ALLOWED" : verdict) + (names ? by(allowedBy(flow)) : ""), options);
            case DROPPED, ERROR ->
                Paint.RED.on((policy ? "DENIED" : verdict) + (names ? by(deniedBy(flow)) : ""), options);
            case AUDIT -> Paint.YELLOW.on(policy ? "AUDITED" : verdict, options);
            case TRACED, TRANSLATED -> Paint.YELLOW.on(verdict, options);
            case VERDICT_UNKNOWN, UNRECOGNIZED -> verdict;
        };
    }

    private static List<Policy> allowedBy(Flow flow) {
        return flow.getTrafficDirection() == TrafficDirection.EGRESS
                ? flow.getEgressAllowedByList()
                : flow.getIngressAllowedByList();
    }

    private static List<Policy> deniedBy(Flow flow) {
        return flow.getTrafficDirection() == TrafficDirection.EGRESS
                ? flow.getEgressDeniedByList()
                : flow.getIngressDeniedByList();
    }

    /// ` BY default/web (NetworkPolicy)`
    private static String by(List<Policy> policies) {
        return policies.isEmpty()
                ? ""
                : policies.stream().map(VerdictText::name).collect(Collectors.joining(", ", " BY ", ""));
    }

    private static String name(Policy policy) {
        String namespace = policy.getNamespace().isEmpty() ? "" : policy.getNamespace() + "/";
        String kind = policy.getKind().isEmpty() ? "" : " (" + policy.getKind() + ")";
        return Paint.harmless(namespace + policy.getName() + kind);
    }
}
