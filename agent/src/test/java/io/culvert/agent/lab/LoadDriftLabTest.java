// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.BackendLoad;
import io.culvert.maps.BackendLoad.Count;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.MappedArray;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody changes the counts of open connections that programs choose by, and the agent finds it.
@LabTest
class LoadDriftLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int OPEN = 10;

    private Lab lab;
    private LabNode node;
    private LabAgent agent;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "plain", "web1", "web2")
                .create();
        node = lab.node("n1");
        agent = new LabAgent(node);
        Stream.of("web1", "web2").forEach(name -> lab.pod(name).sockets().serve(ServiceLab.TARGET_PORT));
        LabService web = LabService.named("web", "10.96.0.10")
                .port(ServiceLab.PORT, ServiceLab.TARGET_PORT)
                .backedBy(lab.pod("web1"), lab.pod("web2"));
        lab.writeManifest("nodes.yaml", ServiceLab.nodesAndPods(lab));
        lab.writeManifest("web.yaml", ServiceLab.annotated(web, Map.of("culvert.io/algorithm", "least-connection")));
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private Connections from(String client) {
        return new Connections(lab.pod(client), "10.96.0.10", ServiceLab.PORT);
    }

    /// Has all that is counted count three times, as much as that would mislead whoever chooses by it.
    ///
    /// @return how many counts were changed
    private int distort() {
        int changed = 0;
        try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
            MappedArray<BackendLoad> loads = maps.backendLoads();
            for (int i = 1; i < loads.maxEntries(); i++) {
                BackendLoad load = loads.get(i);
                int open = load.flows().open() + load.sockets().open();
                if (open > 0) {
                    loads.set(i, new BackendLoad(tripled(load.flows()), tripled(load.sockets())));
                    changed++;
                }
            }
        }
        return changed;
    }

    private static Count tripled(Count count) {
        return new Count(count.id(), 3 * count.open());
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "plain"})
    void anAuditNamesTheCountAndRepairsItOnRequest(String client) {
        agent.launch("--audit-interval", "0s").awaitReady();
        from(client).hold(OPEN);
        assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");

        assertThat(distort()).isEqualTo(2);

        String counted = client.equals("client") ? "sockets" : "flows";
        for (String[] words : new String[][] {{"audit"}, {"audit", "--repair"}}) {
            assertThatThrownBy(() -> agent.verb(words))
                    .hasMessageContaining("backend_loads")
                    .hasMessageContaining("5 " + counted)
                    .hasMessageContaining("15 " + counted);
        }
        assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");
        assertThat(agent.verb("map", "dump", "backend_loads"))
                .contains(" 5 " + counted)
                .doesNotContain("15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "plain"})
    void thePeriodicAuditRepairsItByItself(String client) {
        agent.launch("--audit-interval", "1s").awaitReady();
        from(client).hold(OPEN);

        assertThat(distort()).isEqualTo(2);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).containsPattern("Audit: .* 2 repaired"));
        assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");
    }
}
