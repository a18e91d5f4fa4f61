// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.metrics.FlowReading;
import io.culvert.agent.metrics.ProbeCounts;
import io.culvert.agent.metrics.Reading;
import io.culvert.agent.policy.PolicyStatus;
import io.culvert.cluster.ClusterStore;
import io.culvert.maps.DropReason;
import io.culvert.maps.PacketCount;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.MapUse;
import io.culvert.servicelb.ServiceStatus;
import io.culvert.servicelb.WriteTotals;
import io.culvert.servicelb.desired.LocalGap;
import io.culvert.servicelb.desired.NodeContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Reads a running agent for its metrics.
final class MetricsReader {

    private static final WriteTotals NOTHING = new WriteTotals(0, 0, 0, 0, 0, 0, 0);

    private final NodeState state;
    private final ClusterStore store;
    private final ProbeCounts probes;

    MetricsReader(NodeState state, ClusterStore store, ProbeCounts probes) {
        this.state = state;
        this.store = store;
        this.probes = probes;
    }

    Reading read() {
        return state.kernel().map(this::read).orElseGet(this::readEarly);
    }

    private Reading read(NodeState.Kernel kernel) {
        List<ServiceStatus> statuses = kernel.loadBalancer().statuses();
        var cluster = store.state();
        NodeAudit.Totals audits = kernel.audit().totals();
        return new Reading(
                startTook(),
                state.syncs().last(),
                store.backlog(),
                statuses.size(),
                kernel.datapath().backendIds().used(),
                kernel.network().pods().size(),
                kernel.network().devices().size(),
                kernel.network().current().unsupported().size(),
                state.health().ports().listening(),
                kernel.loadBalancer().totals(),
                statuses.stream()
                        .filter(status -> status.state() != ServiceStatus.State.PROGRAMMED)
                        .toList(),
                LocalGap.in(cluster, NodeContext.of(state.plan().nodeName(), cluster)),
                maps(kernel),
                drops(kernel),
                kernel.gc().last().entries(),
                kernel.gc().removed(),
                kernel.datapath().maps().openedRing().evicted(),
                probes,
                audits.runs(),
                audits.differences(),
                kernel.policyFeed().status(),
                state.shownFlows().reading());
    }

    private Reading readEarly() {
        return new Reading(
                Duration.ZERO,
                state.syncs().last(),
                store.backlog(),
                0,
                0,
                0,
                0,
                0,
                0,
                NOTHING,
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                0,
                0,
                0,
                probes,
                0,
                Map.of(),
                PolicyStatus.NOTHING,
                FlowReading.NOTHING);
    }

    private Duration startTook() {
        return Duration.ofMillis(state.ready().getNow(new Readiness(0, 0, 0)).millis());
    }

    private static List<MapUse> maps(NodeState.Kernel kernel) {
        List<MapUse> maps = new ArrayList<>(kernel.datapath().use());
        maps.addAll(kernel.policies().status().maps());
        kernel.datapath()
                .maps()
                .map(Tables.FLOWS)
                .ifPresent(flows -> maps.add(new MapUse(
                        Tables.FLOWS.name(),
                        kernel.gc().last().entries(),
                        flows.info().maxEntries())));
        return maps;
    }

    private static Map<DropReason, PacketCount> drops(NodeState.Kernel kernel) {
        Map<DropReason, PacketCount> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            drops.put(
                    reason,
                    kernel.datapath().maps().drops().get(reason.number()).stream()
                            .reduce(PacketCount.ZERO, PacketCount::plus));
        }
        return drops;
    }
}
