// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.page.MapView.Edge;
import io.culvert.agent.page.MapView.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MapScanTest {

    private final AtomicLong later = new AtomicLong();

    private MapView scan(PageFlows flows) {
        return new MapScan(flows, () -> System.nanoTime() + later.get())
                .view(flows.live().orElseThrow());
    }

    @Test
    void whoTalksToWhomThroughWhichService() {
        try (PageFlows flows = new PageFlows(1000)) {
            for (int i = 0; i < 30; i++) {
                flows.connects();
            }
            flows.ends(500);
            flows.leaves();
            flows.denied();
            flows.denied();
            flows.ringLost = 4;

            MapView map = scan(flows);
            assertThat(map.edges())
                    .containsExactly(
                            new Edge(
                                    "pod:shop/web",
                                    "pod:shop/vault",
                                    0,
                                    2,
                                    0,
                                    List.of("5432/TCP"),
                                    List.of("policy denied")),
                            new Edge("pod:shop/web", "service:shop/db", 30, 0, 1000, List.of("5432/TCP"), List.of()),
                            new Edge("service:shop/db", "pod:shop/db", 30, 0, 1000, List.of("5432/TCP"), List.of()),
                            new Edge("pod:shop/web", "world:world", 1, 0, 0, List.of("5432/TCP"), List.of()));
            assertThat(map.nodes())
                    .extracting(MapView.Node::id)
                    .containsExactly("pod:shop/db", "pod:shop/vault", "pod:shop/web", "service:shop/db", "world:world");
            assertThat(map.verdicts())
                    .containsExactly(new Verdict("NetworkPolicy shop/vault-is-closed", "egress", "dropped", 2));
            assertThat(map.windowSeconds()).isEqualTo(60);
            assertThat(map.partial()).isFalse();
            assertThat(map.ringLost()).isEqualTo(4);
        }
    }

    @Test
    void whatIsOlderThanAMinuteIsNotDrawn() {
        try (PageFlows flows = new PageFlows(1000)) {
            flows.connects();
            later.set(Duration.ofSeconds(61).toNanos());

            assertThat(scan(flows).edges()).isEmpty();
        }
    }

    @Test
    void whatTheStoreNoLongerHasShortensTheWindow() {
        try (PageFlows flows = new PageFlows(10)) {
            for (int i = 0; i < 50; i++) {
                flows.connects();
            }
            later.set(Duration.ofSeconds(5).toNanos());

            MapView map = scan(flows);
            assertThat(map.partial()).isTrue();
            assertThat(map.windowSeconds()).isBetween(5.0, 30.0);
            assertThat(map.kept()).isEqualTo(10);
            assertThat(map.edges().getFirst().connections()).isEqualTo(10);
        }
    }

    @Test
    void edgesWithTheLeastAreLeftOutAndCounted() {
        try (PageFlows flows = new PageFlows(1000)) {
            for (int i = 0; i < TrafficMap.EDGES + 20; i++) {
                String peer = "10.2.0." + i;
                flows.pod(peer, "peer-" + i, "peer-" + i);
                flows.asks(peer);
            }
            flows.denied();

            MapView map = scan(flows);
            assertThat(map.edges()).hasSize(TrafficMap.EDGES);
            assertThat(map.hidden()).isEqualTo(21);
            assertThat(map.edges().getFirst().drops()).isEqualTo(1);
        }
    }
}
