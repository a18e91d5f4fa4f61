// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import com.google.protobuf.FieldMask;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.RawEvent;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.names.FlowNames;
import java.util.List;

/// Which flows one observer wants, and how much of each. Belongs to one thread.
public final class FlowSelection {

    /// For so long, and at most twice, answers about names are kept: nanoseconds. The clock is looked at once in as
    /// much time of flows.
    private static final long FRESH = 100_000_000L;

    private final Lookups lookups;
    private final List<Match> allowed;
    private final List<Match> denied;
    private final FieldSelection fields;
    private final RawFilter rough;
    private long looked;
    private long renewed = System.nanoTime();

    private FlowSelection(List<FlowFilter> allowed, List<FlowFilter> denied, FieldMask mask, FlowNames names) {
        this.lookups = new Lookups(names);
        this.allowed = compile(allowed);
        this.denied = compile(denied);
        this.fields = FieldSelection.of(mask);
        RawFilter any = RawFilter.any(this.allowed.stream().map(Match::rough).toList());
        this.rough = allowed.isEmpty() ? RawFilter.ALL : flow -> wants(flow, any);
    }

    /// What a request asks for.
    ///
    /// @throws MalformedFilterException if a filter or a path of the field mask means nothing
    public static FlowSelection of(GetFlowsRequest request, FlowNames names) {
        return of(request.getWhitelistList(), request.getBlacklistList(), request.getFieldMask(), names);
    }

    /// Flows that fit one of `allowed` (all, if there is none) and none of `denied`.
    ///
    /// @param mask paths of what is shown of them; if there is none, everything
    /// @throws MalformedFilterException if a filter or a path of the field mask means nothing
    public static FlowSelection of(List<FlowFilter> allowed, List<FlowFilter> denied, FieldMask mask, FlowNames names) {
        return new FlowSelection(allowed, denied, mask, names);
    }

    private List<Match> compile(List<FlowFilter> filters) {
        return filters.stream()
                .map(filter -> FilterFields.compile(filter, lookups))
                .toList();
    }

    private boolean wants(RawEvent flow, RawFilter any) {
        long time = flow.time();
        if (time - looked > FRESH) {
            looked = time;
            renew();
        }
        return flow.kind() == EventKind.LOST.number() || any.test(flow);
    }

    /// Flows of the past come much faster than names change.
    private void renew() {
        long now = System.nanoTime();
        if (now - renewed > FRESH) {
            renewed = now;
            lookups.renew();
        }
    }

    /// Rejects, by numbers, flows that [#test] would reject: not all of them, and never one that it would accept with
    /// the names of a tenth of a second ago. Losses pass, since every observer is told of them.
    public RawFilter raw() {
        return rough;
    }

    /// Whether the observer wants a flow.
    public boolean test(Flow flow) {
        return (allowed.isEmpty() || anyWants(allowed, flow)) && !anyWants(denied, flow);
    }

    private static boolean anyWants(List<Match> matches, Flow flow) {
        for (Match match : matches) {
            if (match.exact().test(flow)) {
                return true;
            }
        }
        return false;
    }

    /// As much of a flow as the observer wants to see.
    public Flow show(Flow flow) {
        return fields.of(flow);
    }
}
