// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.network.NodeNetwork;
import io.culvert.agent.view.AuditView;
import io.culvert.loader.BpfException;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.LinkFault;
import io.culvert.maps.datapath.LinkReport;
import io.culvert.servicelb.AuditDifference;
import io.culvert.servicelb.AuditReport;
import io.culvert.servicelb.LoadBalancer;
import io.culvert.servicelb.conntrack.LoadAudit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares the kernel with what this agent programmed and attached, and counts what it finds. Safe for use by several
/// threads; one audit runs at a time.
final class NodeAudit {

    /// What has been found since the agent started.
    ///
    /// @param differences by map; `links` for what is attached
    record Totals(long runs, Map<String, Long> differences, long repaired) {

        long found() {
            return differences.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(NodeAudit.class);
    private static final String LINKS = "links";

    /// More lines than this about one audit would say little more.
    private static final int LOGGED = 10;

    private final Datapath datapath;
    private final LoadBalancer loadBalancer;
    private final LoadAudit loads;
    private final NodeNetwork network;
    private final Map<String, Long> differences = new TreeMap<>();
    private long runs;
    private long repaired;

    NodeAudit(Datapath datapath, LoadBalancer loadBalancer, LoadAudit loads, NodeNetwork network) {
        this.datapath = datapath;
        this.loadBalancer = loadBalancer;
        this.loads = loads;
        this.network = network;
    }

    /// Tables first: a program that is attached again meets sound ones.
    synchronized AuditView run(boolean repair) {
        AuditReport tables = loadBalancer.audit(repair);
        List<AuditDifference> node = auditNode(repair);
        int nodeRemaining = repair && !node.isEmpty() ? auditNode(false).size() : node.size();
        if (repair) {
            stopCounting();
        }
        LinkReport links = datapath.auditLinks(repair);
        List<AuditView.Row> rows = new ArrayList<>();
        Stream.of(tables.differences(), node)
                .flatMap(List::stream)
                .forEach(one -> rows.add(new AuditView.Row(one.map(), one.key(), one.expected(), one.found())));
        for (LinkFault fault : links.faults()) {
            rows.add(new AuditView.Row(LINKS, fault.name(), fault.expected(), fault.found()));
        }
        List<String> failures = new ArrayList<>(tables.failures());
        failures.addAll(links.failures());
        AuditView view = new AuditView(
                tables.compared(),
                tables.total() + node.size() + links.faults().size(),
                tables.remaining() + nodeRemaining + links.remaining(),
                rows,
                failures);
        count(tables, node, links, view);
        report(view, repair);
        return view;
    }

    /// What programs are told beside Services: of the node's network, and in `control`; and what they count.
    private List<AuditDifference> auditNode(boolean repair) {
        List<AuditDifference> differences = new ArrayList<>(network.audit(repair));
        differences.addAll(loads.audit(repair));
        datapath.control()
                .audit(repair)
                .ifPresent(drift ->
                        differences.add(AuditDifference.of(Tables.CONTROL.name(), 0, drift.expected(), drift.found())));
        return differences;
    }

    /// No socket pays for counting where no Service counts and none is counted any more.
    synchronized void stopCounting() {
        try {
            loadBalancer.ifNothingIsCounted(() -> datapath.countedSockets().stop());
        } catch (BpfException e) {
            LOG.debug("see whether sockets are counted", e);
        }
    }

    private void count(AuditReport tables, List<AuditDifference> node, LinkReport links, AuditView view) {
        runs++;
        repaired += Math.max(0, view.total() - view.remaining());
        tables.counts().forEach((map, found) -> differences.merge(map, (long) found, Long::sum));
        node.forEach(one -> differences.merge(one.map(), 1L, Long::sum));
        if (!links.faults().isEmpty()) {
            differences.merge(LINKS, (long) links.faults().size(), Long::sum);
        }
    }

    private static void report(AuditView view, boolean repair) {
        if (view.total() > 0) {
            LOG.warn(
                    "audit: {} differences between the kernel and what was programmed{}",
                    view.total(),
                    repair ? "; " + view.remaining() + " left after the repair" : "");
            view.differences().stream().limit(LOGGED).forEach(row -> LOG.warn("audit: {}", row));
        }
        view.failures().stream().limit(LOGGED).forEach(line -> LOG.error("audit: {}", line));
    }

    synchronized Totals totals() {
        return new Totals(runs, Map.copyOf(differences), repaired);
    }
}
