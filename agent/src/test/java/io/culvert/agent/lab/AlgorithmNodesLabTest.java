// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.Algorithm;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.LabService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every algorithm, asked for by annotation, with a backend on each of two nodes: at sockets, on packets of a pod, and
/// for a client outside at a NodePort of either node, over both families.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class AlgorithmNodesLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int NODE_PORT = 30080;
    private static final int MANY = 300;
    private static final int HELD = 40;

    private static ServiceLab services;
    private static LabClient outside;
    private static LabService web;

    @BeforeAll
    static void create() {
        LabService first = ServiceLab.service("web", 41);
        services = ServiceLab.with(first);
        outside = services.lab().addClient("near");
        web = first.backedBy(services.pod("web1"), services.pod("web2")).exposed(LabExposure.nodePort(NODE_PORT));
    }

    @AfterAll
    static void remove() {
        services.close();
    }

    /// Has all agents serve it so, and waits until programs have these weights of both pods.
    private static void serve(String algorithm, String weights, int web1, int web2) {
        services.apply(web, Map.of("culvert.io/algorithm", algorithm, "culvert.io/weights", weights));
        awaitWeights(algorithm, web1, web2);
    }

    private static void awaitWeights(String algorithm, int web1, int web2) {
        for (LabAgent agent : services.agents()) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                Listing listing = Listing.of(agent);
                assertThat(listing.algorithmsOf("web")).containsOnly(algorithm);
                for (IpFamily family : IpFamily.values()) {
                    assertThat(listing.weightsOf("web", services.pod("web1").ip(family)))
                            .containsOnly(web1);
                    assertThat(listing.weightsOf("web", services.pod("web2").ip(family)))
                            .containsOnly(web2);
                }
            });
        }
    }

    private static List<Connections> ways(IpFamily family) {
        IpAddress vip = web.clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow();
        Lab lab = services.lab();
        return List.of(
                new Connections(lab.pod("client1"), vip, ServiceLab.PORT),
                new Connections(lab.pod("plain1"), vip, ServiceLab.PORT),
                new Connections(outside, lab.node("n1").ip(family), NODE_PORT),
                new Connections(outside, lab.node("n2").ip(family), NODE_PORT));
    }

    /// Counts are exact: those that earlier tests had open must be gone.
    private static void awaitNothingOpen() {
        for (LabAgent agent : services.agents()) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(agent.verb("map", "dump", "backend_loads"))
                            .doesNotContainPattern("[1-9]\\d* (flows|sockets)"));
        }
    }

    /// Weights are 3 and 1.
    @ParameterizedTest
    @EnumSource
    void everyClientIsServedAsTheAlgorithmSays(Algorithm algorithm) {
        awaitNothingOpen();
        serve(algorithm.toString(), "pod-label/app: web1=3,web2=1", 3, 1);
        Map<String, Set<String>> hashed = new HashMap<>();
        List<LabProcess> holders = new ArrayList<>();
        try {
            for (IpFamily family : IpFamily.values()) {
                for (Connections way : ways(family)) {
                    Map<String, Integer> given = algorithm.countsConnections() ? held(way, holders) : way.make(MANY);
                    isShared(algorithm, way, given);
                    String key =
                            algorithm == Algorithm.SOURCE_HASH ? way.client().name() + family : way.address();
                    assertThat(hashed.computeIfAbsent(key, _ -> given.keySet()))
                            .as("%s by %s, as before", way, algorithm)
                            .isEqualTo(given.keySet());
                }
            }
        } finally {
            holders.forEach(LabProcess::kill);
        }
    }

    private static Map<String, Integer> held(Connections way, List<LabProcess> holders) {
        LabProcess holder = way.hold(HELD);
        holders.add(holder);
        return Connections.of(holder);
    }

    private static void isShared(Algorithm algorithm, Connections way, Map<String, Integer> given) {
        var assertion = assertThat(given).as("%s by %s", way, algorithm);
        switch (algorithm) {
            // 75 expected of 300; beyond these bounds less than once in ten million.
            case RANDOM, MAGLEV ->
                assertion.hasEntrySatisfying("web2", count -> assertThat(count).isBetween(33, 121));
            case ROUND_ROBIN -> assertion.isEqualTo(Map.of("web1", 150, "web2", 150));
            case WEIGHTED_ROUND_ROBIN -> assertion.isEqualTo(Map.of("web1", 225, "web2", 75));
            case LEAST_CONNECTION -> assertion.isEqualTo(Map.of("web1", 20, "web2", 20));
            case WEIGHTED_LEAST_CONNECTION, SHORTEST_EXPECTED_DELAY, NEVER_QUEUE ->
                assertion.isEqualTo(Map.of("web1", 30, "web2", 10));
            // That one of them has none happens once in a thousand million times.
            case POWER_OF_TWO -> assertion.containsOnlyKeys("web1", "web2");
            case SOURCE_HASH, DESTINATION_HASH -> assertion.hasSize(1);
        }
    }

    /// Pods change their group while the Service stays as it is.
    @Test
    void weightsFollowTheLabelsOfPods() {
        label("stable", "canary");
        serve("weighted-round-robin", "pod-label/track: stable=9,canary=1", 9, 1);
        areGiven(90, 10);

        label("canary", "stable");
        awaitWeights("weighted-round-robin", 1, 9);
        areGiven(10, 90);

        label("canary", "canary");
        awaitWeights("weighted-round-robin", 1, 1);
        areGiven(50, 50);
    }

    private static void label(String web1, String web2) {
        services.lab()
                .writeManifest(
                        "nodes.yaml",
                        ServiceLab.nodesAndPods(services.lab())
                                .replace("{app: web1}", "{app: web1, track: " + web1 + "}")
                                .replace("{app: web2}", "{app: web2, track: " + web2 + "}"));
    }

    private static void areGiven(int web1, int web2) {
        for (IpFamily family : IpFamily.values()) {
            for (Connections way : ways(family)) {
                assertThat(way.make(100)).as("%s", way).isEqualTo(Map.of("web1", web1, "web2", web2));
            }
        }
    }
}
