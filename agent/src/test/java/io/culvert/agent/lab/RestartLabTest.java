// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.net.IpFamily.IPV4;
import static io.culvert.net.IpFamily.IPV6;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Load;
import io.culvert.testkit.lab.LoadKind;
import io.culvert.testkit.lab.LoadReport;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The agent may end at any moment: traffic goes on without it, and the next agent takes over what is there.
@LabTest
class RestartLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final List<String> MAPS = List.of("frontends", "services", "slots", "backends");

    private ServiceLab lab;
    private LabService web;

    @BeforeEach
    void create() {
        ServiceLab made = ServiceLab.with(ServiceLab.service("web", 10));
        lab = made;
        web = ServiceLab.service("web", 10).backedBy(made.pod("web1"), made.pod("web2"));
        made.apply(web);
        made.awaitBackends(web, 4);
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void A13_02_killAndRestartUnderLoadLoseNothing() {
        Map<String, Load> loads = startLoads();
        awaitRounds(loads, 20);
        lab.agents().forEach(LabAgent::kill);
        awaitRounds(loads, 50);
        lab.startAgents();
        awaitRounds(loads, 50);
        assertNothingLost(loads, "");
    }

    @Test
    void A13_02_killsDuringTheStartLoseNothing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Load> loads = startLoads();
        for (int i = 0; i < 5; i++) {
            lab.agents().forEach(LabAgent::kill);
            lab.agents().forEach(LabAgent::launch);
            // As long as these rounds take, the agents start; somewhere in it they end.
            awaitRounds(loads, 1 + random.nextInt(30));
        }
        lab.agents().forEach(LabAgent::kill);
        lab.startAgents();
        awaitRounds(loads, 20);
        assertNothingLost(loads, "seed " + seed + ", ");
    }

    @Test
    void A17_sigtermLeavesTheDatapathRunning() {
        lab.agents().forEach(agent -> assertThat(agent.terminate()).isIn(0, 143));
        for (LabHost client : lab.clients()) {
            assertThat(client.sockets().tcp(lab.dial(web, IPV4)).answer().server())
                    .startsWith("web");
            assertThat(client.sockets().udp(lab.dial(web, IPV6)).answer().server())
                    .startsWith("web");
        }
    }

    @Test
    void changesMadeWhileTheAgentIsDownAreAppliedByTheNext() {
        LabService gone = ServiceLab.service("gone", 11).backedBy(lab.pod("web1"));
        lab.apply(gone);
        lab.awaitBackends(gone, 2);
        List<TcpConnection> held = lab.clients().stream()
                .map(client -> client.sockets().openTcp(lab.dial(gone, IPV4)))
                .toList();
        lab.agents().forEach(LabAgent::terminate);

        LabService added = ServiceLab.service("added", 12).backedBy(lab.pod("web2"));
        lab.apply(added);
        lab.delete(gone);
        lab.apply(web.backedBy(lab.pod("web2")));
        lab.startAgents();

        for (LabHost client : lab.clients()) {
            assertThat(client.sockets().tcp(lab.dial(added, IPV4)).answer().server())
                    .isEqualTo("web2");
            for (int i = 0; i < 20; i++) {
                assertThat(client.sockets().tcp(lab.dial(web, IPV6)).answer().server())
                        .isEqualTo("web2");
            }
            assertThat(client.sockets()
                            .tcp(lab.dial(gone, IPV4).within(SHORT))
                            .failure()
                            .errno())
                    .isNotEmpty();
        }
        held.forEach(connection ->
                assertThat(connection.exchange("held").answer().server()).isEqualTo("web1"));
    }

    @Test
    void aRestartWithoutChangesWritesNothing() {
        Map<String, String> before = dumps();
        assertThat(before.get("n1 frontends")).contains("TCP 10.96.0.10:80");
        assertThat(before.get("n2 slots")).contains(lab.pod("web1").ip(IPV6).toString());
        lab.agents().forEach(LabAgent::kill);
        lab.startAgents();
        assertThat(dumps()).isEqualTo(before);
    }

    @Test
    void cleanupLeavesNothing() {
        for (LabHost client : lab.clients()) {
            assertThat(client.sockets().tcp(lab.dial(web, IPV4)).answer().server())
                    .startsWith("web");
        }
        for (LabAgent agent : lab.agents()) {
            agent.terminate();
            agent.verb("cleanup");
            assertThat(agent.node().bpffs()).doesNotExist();
            String filters = agent.node().exec("tc", "qdisc", "show").orThrow();
            assertThat(filters).doesNotContain("clsact");
        }
        for (LabHost client : lab.clients()) {
            assertThat(client.sockets().tcp(lab.dial(web, IPV4)).failure().errno())
                    .isNotEqualTo("ECONNREFUSED");
            assertThat(client.sockets()
                            .tcp(lab.pod("web1").ip(IPV4), ServiceLab.TARGET_PORT)
                            .answer()
                            .server())
                    .isEqualTo("web1");
        }
    }

    /// Every kind of load from a client whose sockets are translated, one whose packets are, and a host process.
    private Map<String, Load> startLoads() {
        Map<String, Load> loads = new LinkedHashMap<>();
        List<LabHost> clients = Stream.of(
                        lab.pod("client1"),
                        lab.pod("client2"),
                        lab.pod("plain1"),
                        lab.pod("plain2"),
                        lab.lab().node("n1"))
                .map(LabHost.class::cast)
                .toList();
        for (LabHost client : clients) {
            IpFamily family = client.name().endsWith("1") ? IPV4 : IPV6;
            Dial dial = lab.dial(web, family).within(Duration.ofSeconds(2));
            for (LoadKind kind : LoadKind.values()) {
                loads.put(kind + " from " + client, client.sockets().load(kind, dial, 2, Duration.ofMillis(20)));
            }
        }
        return loads;
    }

    private static void assertNothingLost(Map<String, Load> loads, String circumstances) {
        loads.forEach((name, load) -> {
            LoadReport report = load.stop();
            String description = circumstances + name + ": " + report;
            assertThat(report.errors()).as(description).isEmpty();
            if (!name.startsWith("FRESH")) {
                assertThat(report.changes()).as(description).isZero();
            }
        });
    }

    private static void awaitRounds(Map<String, Load> loads, int rounds) {
        Load.awaitRounds(loads.values(), rounds, PATIENCE);
    }

    private Map<String, String> dumps() {
        Map<String, String> dumps = new LinkedHashMap<>();
        for (LabAgent agent : lab.agents()) {
            for (String map : MAPS) {
                dumps.put(agent.node() + " " + map, agent.verb("map", "dump", map));
            }
        }
        return dumps;
    }
}
