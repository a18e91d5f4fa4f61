// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
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
import org.junit.jupiter.api.Test;

/// Conntrack over the kernel's flow table.
@KernelTest
class ConntrackKernelTest {

    private static final int LIVE = 30_000;
    private static final int EXPIRED = 10_000;

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath();

    @Test
    void expiredFlowsGoAndLiveOnesStay() {
        BpfHashMap<FlowKey, Flow> map = pinned.datapath().maps().flows();
        DatapathFlows flows = DatapathFlows.of(pinned.datapath().maps());
        put(map, 0, LIVE, Duration.ofSeconds(1));
        put(map, LIVE, EXPIRED, Duration.ofSeconds(61));
        ConntrackTable table = new ConntrackTable(flows, FlowLifetimes.DEFAULT, _ -> Optional.empty());
        assertThat(table.list(FlowFilter.ALL)).hasSize(LIVE);

        ConntrackGc gc = new ConntrackGc(flows, FlowLifetimes.DEFAULT, new StaleFlows(_ -> true), _ -> {});
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

    private static void put(BpfHashMap<FlowKey, Flow> map, int from, int count, Duration idle) {
        long seen = System.nanoTime() - idle.toNanos();
        Map<FlowKey, Flow> entries = new HashMap<>();
        for (int i = from; i < from + count; i++) {
            for (FlowRole role : List.of(FlowRole.FORWARD, FlowRole.REPLY)) {
                Flow flow = flow(role, i, seen);
                entries.put(flow.key(), flow);
            }
        }
        map.putAll(entries);
    }

    private static Flow flow(FlowRole role, int number, long seen) {
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
                1,
                seen,
                seen,
                1,
                100,
                0,
                0);
    }
}
