// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import com.google.protobuf.FieldMask;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.filter.FilterJson;
import io.culvert.observability.print.HubbleJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What is asked about flows: what flags and raw filters add up to.
public final class FlowQuestion {

    /// What text shows of a flow, so that no more is sent.
    private static final List<String> SHOWN = List.of(
            "time",
            "verdict",
            "ethernet",
            "IP",
            "l4",
            "source.identity",
            "source.namespace",
            "source.pod_name",
            "destination.identity",
            "destination.namespace",
            "destination.pod_name",
            "Type",
            "node_name",
            "l7",
            "event_type",
            "source_service",
            "destination_service",
            "source_names",
            "destination_names",
            "is_reply",
            "traffic_direction",
            "policy_match_type",
            "sock_xlate_point",
            "debug_capture_point",
            "auth_type",
            "Summary",
            "ip_trace_id");

    private static final List<String> POLICIES =
            List.of("egress_allowed_by", "ingress_allowed_by", "egress_denied_by", "ingress_denied_by");

    private final List<FlowFilter> allowed = new ArrayList<>();
    private final List<FlowFilter> denied = new ArrayList<>();

    /// @param allow filters as JSON
    /// @param deny the same
    /// @throws ObserveException if the flags end in the middle, or a filter is none
    public FlowQuestion(FlowWishes wishes, List<String> allow, List<String> deny) {
        allowed.addAll(wishes.allowed());
        denied.addAll(wishes.denied());
        allow.forEach(text -> allowed.add(parse("--allowlist", text)));
        deny.forEach(text -> denied.add(parse("--denylist", text)));
    }

    private static FlowFilter parse(String flag, String text) {
        try {
            return FilterJson.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ObserveException(flag + " " + text + ": " + e.getMessage());
        }
    }

    /// The filters as YAML, each in JSON, as a configuration file of `hubble` and [FilterJson] take them.
    public List<String> filterLines() {
        List<String> lines = new ArrayList<>();
        add(lines, "allowlist:", allowed);
        add(lines, "denylist:", denied);
        return lines;
    }

    private static void add(List<String> lines, String key, List<FlowFilter> filters) {
        if (!filters.isEmpty()) {
            lines.add(key);
            filters.forEach(
                    filter -> lines.add("    - '" + HubbleJson.text(filter).replace("'", "''") + "'"));
        }
    }

    /// @param mask paths of what is sent of each flow; empty: everything
    /// @throws ObserveException if a time is none
    public GetFlowsRequest request(Span span, List<String> mask, Instant now) {
        GetFlowsRequest.Builder request =
                GetFlowsRequest.newBuilder().addAllWhitelist(allowed).addAllBlacklist(denied);
        span.limit(request, now);
        if (!mask.isEmpty()) {
            request.setFieldMask(FieldMask.newBuilder().addAllPaths(mask));
        }
        return request.build();
    }

    /// Paths of what text shows of a flow.
    public static List<String> shown(boolean policies) {
        List<String> paths = new ArrayList<>(SHOWN);
        if (policies) {
            paths.addAll(POLICIES);
        }
        return List.copyOf(paths);
    }
}
