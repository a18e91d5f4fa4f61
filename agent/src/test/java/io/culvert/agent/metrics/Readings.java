// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.agent.policy.PolicyStatus;
import io.culvert.cluster.Backlog;
import io.culvert.cluster.ObjectName;
import io.culvert.maps.DropReason;
import io.culvert.maps.PacketCount;
import io.culvert.maps.datapath.MapUse;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ServiceStatus;
import io.culvert.servicelb.WriteTotals;
import io.culvert.servicelb.desired.LocalGap;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What an agent could say of itself.
final class Readings {

    private Readings() {}

    /// Something of everything.
    static Reading busy(ProbeCounts probes) {
        ObjectName web = new ObjectName("default", "web");
        return new Reading(
                Duration.ofMillis(412),
                Instant.ofEpochMilli(1_700_000_000_500L),
                new Backlog(30, 20, 3, 2, Instant.ofEpochSecond(1_700_000_001), Duration.ofSeconds(4)),
                7,
                70,
                5,
                2,
                1,
                4,
                new WriteTotals(100, 90, 80, 10, 60, 5, 2),
                List.of(new ServiceStatus(web, ServiceStatus.State.ERROR, "map full", "", Instant.EPOCH)),
                List.of(new LocalGap(new ServicePortName(web, "http", Protocol.TCP, IpFamily.IPV4), true)),
                List.of(new MapUse("frontends", 12, 16)),
                Map.of(DropReason.NO_BACKEND, new PacketCount(9, 540)),
                33,
                44,
                55,
                probes,
                6,
                Map.of("frontends", 3L),
                new PolicyStatus(true, 3, 2, 4, 7, "policy_steps is full", 1, List.of(), 0, List.of()),
                TestFlows.reading());
    }

    static Reading troubleFree(Reading reading) {
        return new Reading(
                reading.startTook(),
                reading.lastSync(),
                reading.backlog(),
                reading.services(),
                reading.backends(),
                reading.podInterfaces(),
                reading.nodeDevices(),
                reading.unsupportedInterfaces(),
                reading.healthCheckSockets(),
                reading.written(),
                List.of(),
                List.of(),
                reading.maps(),
                reading.drops(),
                reading.flowEntries(),
                reading.flowsRemoved(),
                reading.flowsEvicted(),
                reading.probes(),
                reading.auditRuns(),
                reading.auditDifferences(),
                PolicyStatus.NOTHING,
                reading.flows());
    }
}
