// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.CountedSockets.CountedSocket;
import io.culvert.servicelb.AuditDifference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Compares the counts of open connections with the flow table.
///
/// Connections begin and end while the table is read, so a count of flows may differ by as many as did. Only a
/// difference that these cannot explain is one, and only by what they cannot explain is it corrected: what is left is
/// found when it is quiet. Nothing tells how many sockets were opened meanwhile, so that their counts are compared only
/// where it is quiet: where the sockets are the same ones at two looks, and the count did not move.
public final class LoadAudit {

    private final FlowEntries flows;
    private final BackendLoads loads;
    private final Supplier<Set<Integer>> counted;
    private final LongSupplier opened;
    private final Supplier<Optional<Set<CountedSocket>>> sockets;

    /// @param counted the ids of backends whose connections are counted
    /// @param opened how many connections were opened so far
    /// @param sockets those that are counted; empty where the kernel does not tell
    public LoadAudit(
            FlowEntries flows,
            BackendLoads loads,
            Supplier<Set<Integer>> counted,
            LongSupplier opened,
            Supplier<Optional<Set<CountedSocket>>> sockets) {
        this.flows = flows;
        this.loads = loads;
        this.counted = counted;
        this.opened = opened;
        this.sockets = sockets;
    }

    /// One look at the flow table and two at sockets; none where nothing is counted.
    ///
    /// @param repair whether counts are corrected
    public List<AuditDifference> audit(boolean repair) {
        Set<Integer> ids = new HashSet<>(counted.get());
        if (ids.isEmpty()) {
            return List.of();
        }
        List<AuditDifference> differences = new ArrayList<>(auditFlows(ids, repair));
        differences.addAll(auditSockets(ids, repair));
        return differences;
    }

    private List<AuditDifference> auditFlows(Set<Integer> ids, boolean repair) {
        long openedBefore = opened.getAsLong();
        Map<Integer, Integer> before = counts(ids, loads::flows);
        Map<Integer, Integer> found = new HashMap<>();
        flows.forEach((_, flow) -> {
            if (BackendLoads.isOpen(flow)) {
                found.merge(flow.backendId(), 1, Integer::sum);
            }
        });
        Map<Integer, Integer> after = counts(ids, loads::flows);
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

    private List<AuditDifference> auditSockets(Set<Integer> ids, boolean repair) {
        Map<Integer, Integer> before = counts(ids, loads::sockets);
        Optional<Map<Integer, Set<CountedSocket>>> first = look();
        if (first.isEmpty() || agree(first.get(), before)) {
            return List.of();
        }
        return look().map(second -> compare(first.get(), second, before, repair))
                .orElseGet(List::of);
    }

    private static boolean agree(Map<Integer, Set<CountedSocket>> found, Map<Integer, Integer> counts) {
        return counts.entrySet().stream()
                .allMatch(count -> open(found, count.getKey()).size() == count.getValue());
    }

    /// Compares where both looks found the same, and the count did not move from before the first until now.
    private List<AuditDifference> compare(
            Map<Integer, Set<CountedSocket>> first,
            Map<Integer, Set<CountedSocket>> second,
            Map<Integer, Integer> before,
            boolean repair) {
        List<AuditDifference> differences = new ArrayList<>();
        before.forEach((id, count) -> {
            int open = open(second, id).size();
            boolean quiet = open(first, id).equals(open(second, id)) && count == loads.sockets(id);
            if (quiet && open != count) {
                differences.add(AuditDifference.of(
                        Tables.BACKEND_LOADS.name(), BackendIds.text(id), open + " sockets", count + " sockets"));
                if (repair) {
                    loads.addSockets(id, open - count);
                }
            }
        });
        return differences;
    }

    /// The sockets of each backend.
    private Optional<Map<Integer, Set<CountedSocket>>> look() {
        return sockets.get()
                .map(all -> all.stream().collect(Collectors.groupingBy(CountedSocket::backendId, Collectors.toSet())));
    }

    private static Set<CountedSocket> open(Map<Integer, Set<CountedSocket>> sockets, int id) {
        return sockets.getOrDefault(id, Set.of());
    }

    private static Map<Integer, Integer> counts(Set<Integer> ids, IntUnaryOperator count) {
        Map<Integer, Integer> counts = new HashMap<>();
        ids.forEach(id -> counts.put(id, count.applyAsInt(id)));
        return counts;
    }

    private static long unexplained(int difference, long slack) {
        return difference > 0 ? Math.max(0, difference - slack) : Math.min(0, difference + slack);
    }
}
