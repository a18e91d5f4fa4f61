// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.agent.policy.PolicyStatus;
import io.culvert.cluster.Backlog;
import io.culvert.maps.DropReason;
import io.culvert.maps.PacketCount;
import io.culvert.maps.datapath.MapUse;
import io.culvert.servicelb.ServiceStatus;
import io.culvert.servicelb.WriteTotals;
import io.culvert.servicelb.desired.LocalGap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What is read from the running agent for one scrape.
///
/// @param startTook from the start of the process to the first full sync; zero before that
/// @param lastSync when the kernel was last brought up to date; [Instant#EPOCH] before the first time
/// @param backends backend ids in use
/// @param podInterfaces interfaces with packet programs
/// @param nodeDevices devices of the node with packet programs
/// @param unsupportedInterfaces interfaces and pods that programs cannot serve
/// @param healthCheckSockets listening sockets of health check node ports
/// @param troubles Services that are not as they should be
/// @param flowEntries of the flow table at the collector's last pass
/// @param flowsRemoved expired entries removed since the start
/// @param flowsEvicted connections that programs removed to make room, since the table was made
/// @param auditRuns since the start
/// @param auditDifferences found by them, by map
/// @param policies what is enforced
/// @param flows what programs tell
public record Reading(
        Duration startTook,
        Instant lastSync,
        Backlog backlog,
        int services,
        int backends,
        int podInterfaces,
        int nodeDevices,
        int unsupportedInterfaces,
        int healthCheckSockets,
        WriteTotals written,
        List<ServiceStatus> troubles,
        List<LocalGap> localGaps,
        List<MapUse> maps,
        Map<DropReason, PacketCount> drops,
        int flowEntries,
        long flowsRemoved,
        long flowsEvicted,
        ProbeCounts probes,
        long auditRuns,
        Map<String, Long> auditDifferences,
        PolicyStatus policies,
        FlowReading flows) {}
