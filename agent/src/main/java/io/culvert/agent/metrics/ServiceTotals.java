// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.observability.count.FlowCounts;
import io.culvert.observability.names.ServiceName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/// What went through each Service, by name. Indexes are given to other Services later, so that what was counted since
/// the last look belongs to the Service that has the index now.
///
/// The first [#SERVICES] have rows of their own, as long as they exist; the rest are [#OTHER] together.
final class ServiceTotals {

    /// Services with a row.
    static final int SERVICES = 200;

    /// The row of those that have none, and of those that are gone.
    static final ServiceName OTHER = new ServiceName("other", "other");

    private final Map<Integer, FlowCounts.Service> seen = new HashMap<>();
    private final Map<ServiceName, Totals> totals = new LinkedHashMap<>();

    /// As [FlowCounts.Service].
    record Totals(long connections, long sent, long received, long drops) {

        private static final Totals NONE = new Totals(0, 0, 0, 0);

        private Totals plus(Totals more) {
            return new Totals(
                    connections + more.connections, sent + more.sent, received + more.received, drops + more.drops);
        }
    }

    /// Adds what was counted since the last time.
    Map<ServiceName, Totals> update(List<FlowCounts.Service> counts, IntFunction<Optional<ServiceName>> names) {
        Set<ServiceName> present = new HashSet<>();
        Map<ServiceName, Totals> more = new LinkedHashMap<>();
        for (FlowCounts.Service count : counts) {
            Optional<ServiceName> name = names.apply(count.index());
            name.ifPresent(present::add);
            more.merge(name.orElse(OTHER), since(count), Totals::plus);
        }
        makeRoom(present);
        more.forEach((name, added) -> {
            boolean own = totals.containsKey(name) || totals.size() < SERVICES;
            totals.merge(own ? name : OTHER, added, Totals::plus);
        });
        return totals;
    }

    private Totals since(FlowCounts.Service count) {
        FlowCounts.Service before = seen.put(count.index(), count);
        return before == null
                ? new Totals(count.connections(), count.sent(), count.received(), count.drops())
                : new Totals(
                        count.connections() - before.connections(),
                        count.sent() - before.sent(),
                        count.received() - before.received(),
                        count.drops() - before.drops());
    }

    /// Rows of Services that are gone make place for others; until it is needed, they stay.
    private void makeRoom(Set<ServiceName> present) {
        if (totals.size() < SERVICES) {
            return;
        }
        Totals gone = Totals.NONE;
        var rows = totals.entrySet().iterator();
        while (rows.hasNext()) {
            var row = rows.next();
            if (!present.contains(row.getKey()) && !row.getKey().equals(OTHER)) {
                gone = gone.plus(row.getValue());
                rows.remove();
            }
        }
        if (!gone.equals(Totals.NONE)) {
            totals.merge(OTHER, gone, Totals::plus);
        }
    }
}
