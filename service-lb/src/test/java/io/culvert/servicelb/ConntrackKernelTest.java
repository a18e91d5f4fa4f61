// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoad;
import io.culvert.maps.BackendLoad.Count;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.PublishedBackend;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.conntrack.ConntrackGc;
import io.culvert.servicelb.conntrack.ConntrackTable;
import io.culvert.servicelb.conntrack.DatapathFlows;
import io.culvert.servicelb.conntrack.FlowFilter;
import io.culvert.servicelb.conntrack.FlowLifetimes;
import io.culvert.servicelb.conntrack.GcPass;
import io.culvert.servicelb.conntrack.StaleFlows;
import io.culvert.testkit.KernelTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Conntrack over the kernel's flow table.
@KernelTest
class ConntrackKernelTest {

    private static final int LIVE = 30_000;
    private static final int EXPIRED = 10_000;
    private static final int BACKEND = 1;

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath();

    /// Else all that is here would be stale.
    @BeforeEach
    void publish() {
        pinned.datapath().maps().backends().set(BackendIds.index(BACKEND), new PublishedBackend(BACKEND));
    }

    private ConntrackGc gc(DatapathFlows flows) {
        return new ConntrackGc(
                flows,
                pinned.datapath().reaper()::run,
                FlowLifetimes.DEFAULT,
                new StaleFlows(id -> id == BACKEND),
                _ -> {});
    }

    @Test
    void expiredFlowsGoAndLiveOnesStay() {
        BpfHashMap<FlowKey, Flow> map = pinned.datapath().maps().flows();
        DatapathFlows flows = DatapathFlows.of(pinned.datapath().maps());
        put(map, 0, LIVE, Duration.ofSeconds(1));
        put(map, LIVE, EXPIRED, Duration.ofSeconds(61));
        ConntrackTable table = new ConntrackTable(flows, FlowLifetimes.DEFAULT, _ -> Optional.empty());
        assertThat(table.list(FlowFilter.ALL)).hasSize(LIVE);

        ConntrackGc gc = gc(flows);
        int removed = 0;
        GcPass pass;
        do {
            pass = gc.run();
            removed += pass.removed();
            System.out.printf(
                    "conntrack: %d entries, %d removed, %d ms%n",
                    pass.entries(), pass.removed(), pass.took().toMillis());
        } while (pass.more());

        assertThat(removed).isEqualTo(2 * EXPIRED);
        assertThat(map.count()).isEqualTo(2 * LIVE);
        assertThat(table.flush(FlowFilter.ALL.withProtocol(Protocol.UDP))).isEqualTo(LIVE);
        assertThat(map.count()).isZero();
    }

    /// Those that a program took out already, because both ends closed them, are not taken out again.
    @Test
    void expiredConnectionsAreTakenOutOfTheCountOfTheirBackend() {
        MapCatalogue maps = pinned.datapath().maps();
        BackendLoads loads = new BackendLoads(() -> maps.backendLoads().memory());
        maps.backendLoads()
                .set(BackendIds.index(BACKEND), new BackendLoad(new Count(BACKEND, 30), new Count(BACKEND, 3)));
        DatapathFlows flows = DatapathFlows.of(maps);
        int counted = FlowFlag.COUNTED.bit();
        put(maps.flows(), 0, 20, Duration.ofSeconds(1), counted);
        put(maps.flows(), 20, 10, Duration.ofSeconds(61), counted);
        put(maps.flows(), 30, 5, Duration.ofSeconds(61), counted | FlowFlag.RELEASED.bit());
        put(maps.flows(), 35, 5, Duration.ofSeconds(61), 0);

        int removed = gc(flows).run().removed();

        assertThat(removed).isEqualTo(2 * 20);
        assertThat(loads.flows(BACKEND)).isEqualTo(20);
        assertThat(loads.sockets(BACKEND)).isEqualTo(3);
        ConntrackTable table = new ConntrackTable(flows, FlowLifetimes.DEFAULT, _ -> Optional.empty());
        assertThat(table.flush(FlowFilter.ALL)).isEqualTo(20);
        assertThat(loads.flows(BACKEND)).isZero();
    }

    @Test
    void aConnectionThatSawAPacketSinceItWasReadStaysWhole() {
        MapCatalogue maps = pinned.datapath().maps();
        DatapathFlows flows = DatapathFlows.of(maps);
        put(maps.flows(), 0, 1, Duration.ofSeconds(61));
        Flow forward = flows.get(flow(FlowRole.FORWARD, 0, 0, 0).key()).orElseThrow();
        Flow reply = flows.get(flow(FlowRole.REPLY, 0, 0, 0).key()).orElseThrow();
        Flow alive = flow(FlowRole.REPLY, 0, System.nanoTime(), FlowFlag.ANSWERED.bit());
        maps.flows().put(alive.key(), alive);

        assertThat(flows.removeIdle(List.of(forward, reply))).isZero();
        assertThat(flows.get(forward.key())).contains(forward);
        assertThat(flows.get(alive.key())).contains(alive);

        Flow again = flow(FlowRole.FORWARD, 0, System.nanoTime(), 0);
        maps.flows().put(again.key(), again);
        assertThat(flows.removeIdle(List.of(forward, alive))).isZero();
        assertThat(flows.get(again.key())).contains(again);

        assertThat(flows.removeIdle(List.of(again, alive))).isEqualTo(2);
        assertThat(maps.flows().count()).isZero();
    }

    private static void put(BpfHashMap<FlowKey, Flow> map, int from, int count, Duration idle) {
        put(map, from, count, idle, 0);
    }

    private static void put(BpfHashMap<FlowKey, Flow> map, int from, int count, Duration idle, int state) {
        long seen = System.nanoTime() - idle.toNanos();
        Map<FlowKey, Flow> entries = new HashMap<>();
        for (int i = from; i < from + count; i++) {
            for (FlowRole role : List.of(FlowRole.FORWARD, FlowRole.REPLY)) {
                Flow flow = flow(role, i, seen, state);
                entries.put(flow.key(), flow);
            }
        }
        map.putAll(entries);
    }

    private static Flow flow(FlowRole role, int number, long seen, int state) {
        IpPort client = new IpPort(IpAddress.ofV4(0x0a02_0000 + number / 1_000), 30_000 + number % 1_000);
        IpPort service = new IpPort(IpAddress.of("10.96.0.1"), 53);
        IpPort backend = new IpPort(IpAddress.of("10.1.0.3"), 5353);
        return new Flow(
                Protocol.UDP,
                role,
                client,
                service,
                backend,
                client,
                new IpPort(IpAddress.UNSPECIFIED, 0),
                1,
                BACKEND,
                seen,
                seen,
                1,
                100,
                state,
                0);
    }
}
