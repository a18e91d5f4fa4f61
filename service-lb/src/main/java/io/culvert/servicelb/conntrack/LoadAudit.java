// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.Tables;
import io.culvert.servicelb.AuditDifference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Compares the counts of open connections with the flow table.
///
/// Connections begin and end while the table is read, so a count may differ by as many as did. Only a difference that
/// these cannot explain is one, and only by what they cannot explain is it corrected: what is left is found when it is
/// quiet. Counts of sockets are not compared: nobody but their storage knows them.
public final class LoadAudit {

    private final FlowEntries flows;
    private final BackendLoads loads;
    private final Supplier<Set<Integer>> counted;
    private final LongSupplier opened;

    /// @param counted the ids of backends whose connections are counted
    /// @param opened how many connections were opened so far
    public LoadAudit(FlowEntries flows, BackendLoads loads, Supplier<Set<Integer>> counted, LongSupplier opened) {
        this.flows = flows;
        this.loads = loads;
        this.counted = counted;
        this.opened = opened;
    }

    /// One look at the flow table; none where nothing is counted.
    ///
    /// @param repair whether counts are corrected
    public List<AuditDifference> audit(boolean repair) {
        Set<Integer> ids = new HashSet<>(counted.get());
        if (ids.isEmpty()) {
            return List.of();
        }
        long openedBefore = opened.getAsLong();
        Map<Integer, Integer> before = counts(ids);
        Map<Integer, Integer> found = new HashMap<>();
        flows.forEach((_, flow) -> {
            if (BackendLoads.isOpen(flow)) {
                found.merge(flow.backendId(), 1, Integer::sum);
            }
        });
        Map<Integer, Integer> after = counts(ids);
        long began = opened.getAsLong() - openedBefore;
        List<AuditDifference> differences = new ArrayList<>();
        for (int id : ids) {
            int first = before.getOrDefault(id, 0);
            int last = after.getOrDefault(id, 0);
            int open = found.getOrDefault(id, 0);
            long unexplained = unexplained(open - last, 2 * began + Math.abs((long) last - first));
            if (unexplained != 0) {
                differences.add(AuditDifference.of(
                        Tables.BACKEND_LOADS.name(), BackendIds.text(id), open + " flows", last + " flows"));
                if (repair) {
                    loads.addFlows(id, (int) unexplained);
                }
            }
        }
        return differences;
    }

    private Map<Integer, Integer> counts(Set<Integer> ids) {
        Map<Integer, Integer> counts = new HashMap<>();
        ids.forEach(id -> counts.put(id, loads.flows(id)));
        return counts;
    }

    private static long unexplained(int difference, long slack) {
        return difference > 0 ? Math.max(0, difference - slack) : Math.min(0, difference + slack);
    }
}
