// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Entries of the flow table, by connection.
final class FlowGroups {

    /// By a number that all entries of a connection have, and few of others.
    private final Map<Long, List<FlowGroup>> groups = new HashMap<>();

    void add(Flow flow) {
        List<FlowGroup> present = groups.computeIfAbsent(number(flow), _ -> new ArrayList<>(1));
        for (FlowGroup group : present) {
            if (group.addIfSame(flow)) {
                return;
            }
        }
        present.add(FlowGroup.of(flow));
    }

    private static long number(Flow flow) {
        long client = flow.client().address().low() * 31 + flow.client().port();
        long service = flow.service().address().low() * 31 + flow.service().port();
        return (client * 0x9e3779b97f4a7c15L) ^ service;
    }

    Collection<FlowGroup> all() {
        return groups.values().stream().flatMap(List::stream).toList();
    }
}
