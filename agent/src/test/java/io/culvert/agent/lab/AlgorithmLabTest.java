// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// From annotations of a Service to the connections that its pods are given, at the socket and on packets.
@LabTest
class AlgorithmLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 300;

    private static Lab lab;
    private static LabNode node;
    private static LabAgent agent;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "plain", "blue", "green")
                .create();
        node = lab.node("n1");
        agent = new LabAgent(node);
        lab.writeManifest("nodes.yaml", ServiceLab.nodesAndPods(lab));
        Stream.of("blue", "green").forEach(name -> lab.pod(name).sockets().serve(8080));
        lab.writeManifest("web.yaml", web("random", "blue=1,green=1"));
        launch();
    }

    private static void launch() {
        agent.launch("--audit-interval", "1s").awaitReady();
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    /// A Service of two EndpointSlices with one pod each.
    private static String web(String algorithm, String weights) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                  namespace: default
                  annotations: {culvert.io/algorithm: "%s", culvert.io/weights: "slice: %s"}
                spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{name: http, port: 80, targetPort: 8080}]}
                """.formatted(algorithm, weights));
        for (String slice : List.of("blue", "green")) {
            yaml.append("""
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: %s, namespace: default, labels: {kubernetes.io/service-name: web}}
                    addressType: IPv4
                    ports: [{name: http, port: 8080}]
                    endpoints: [{addresses: [%s], conditions: {ready: true}, nodeName: n1}]
                    """.formatted(slice, lab.pod(slice).ip(IpFamily.IPV4)));
        }
        return yaml.toString();
    }

    /// Changes the annotations, and waits until programs have what they say.
    private static void annotate(String algorithm, int blue, int green) {
        lab.writeManifest("web.yaml", web(algorithm, "blue=" + blue + ",green=" + green));
        String served = Stream.of(blue, green)
                .filter(weight -> weight > 0)
                .map(weight -> "\"weight\" : " + weight)
                .collect(Collectors.joining(".*"));
        Pattern listed = Pattern.compile("\"algorithm\" : \"" + algorithm + "\".*" + served, Pattern.DOTALL);
        await().atMost(PATIENCE).untilAsserted(() -> {
            String services = agent.verb("service", "list", "-o", "json");
            assertThat(services).containsPattern(listed);
            assertThat(services.contains(lab.pod("green").ip(IpFamily.IPV4).toString()))
                    .isEqualTo(green > 0);
        });
    }

    private static Connections from(String client) {
        return new Connections(lab.pod(client), "10.96.0.10", 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "plain"})
    void weightsOfSlicesAreThePartsOfConnectionsAlsoAfterTheyChange(String client) {
        annotate("random", 9, 1);
        // 30 expected of 300; beyond these bounds once in a hundred million.
        assertThat(from(client).make(CONNECTIONS))
                .hasEntrySatisfying("green", count -> assertThat(count).isBetween(6, 66));
        annotate("weighted-round-robin", 2, 1);
        assertThat(from(client).make(CONNECTIONS)).isEqualTo(Map.of("blue", 200, "green", 100));
        annotate("weighted-round-robin", 1, 0);
        assertThat(from(client).make(CONNECTIONS)).isEqualTo(Map.of("blue", CONNECTIONS));
        annotate("maglev", 1, 1);
        assertThat(from(client).make(CONNECTIONS))
                .hasEntrySatisfying("green", count -> assertThat(count).isBetween(95, 205));
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "plain"})
    void openConnectionsAreCountedWhileTheyAreOpen(String client) {
        annotate("round-robin", 1, 1);
        annotate("least-connection", 1, 1);
        LabProcess holder = from(client).hold(20);
        try {
            assertThat(Connections.of(holder)).isEqualTo(Map.of("blue", 10, "green", 10));
            assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");
        } finally {
            holder.kill();
        }
    }

    /// Connections that end while no agent runs are taken out all the same, and those that stay are still counted.
    @ParameterizedTest
    @ValueSource(strings = {"client", "plain"})
    void countsAreRightAfterAnAgentWasKilled(String client) {
        annotate("round-robin", 1, 0);
        annotate("least-connection", 1, 0);
        LabProcess ends = from(client).hold(10);
        LabProcess stays = from(client).hold(6);
        agent.kill();
        ends.kill();
        launch();
        annotate("least-connection", 1, 1);

        LabProcess more = from(client).hold(14);

        assertThat(Connections.of(more)).isEqualTo(Map.of("blue", 4, "green", 10));
        assertThat(agent.verb("audit", "-o", "json")).contains("\"total\" : 0");
        stays.kill();
        more.kill();
    }

    @Test
    void socketsCallNothingWhenTheyAreClosedOnceNobodyCounts() throws IOException {
        annotate("least-connection", 1, 1);
        assertThat(countsClosedSockets()).isTrue();
        LabProcess holder = from("client").hold(4);
        annotate("random", 2, 1);
        holder.kill();
        await().atMost(PATIENCE).until(() -> !countsClosedSockets());
        annotate("power-of-two", 1, 1);
        assertThat(countsClosedSockets()).isTrue();
    }

    private static boolean countsClosedSockets() throws IOException {
        try (Stream<Path> links = Files.list(node.bpffs().resolve("links"))) {
            return links.anyMatch(link -> String.valueOf(link.getFileName()).endsWith("_release"));
        }
    }
}
