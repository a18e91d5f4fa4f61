// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What the page and the metrics of a real agent say of real connections, and to whom.
@LabTest
class PageLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PAGE = 10_249;

    private static Lab lab;
    private static LabNode n1;

    @BeforeAll
    static void create() {
        Lab made = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "plain", "web", "db")
                .node("n2", PodAttachment.ROUTED, "far")
                .create();
        lab = made;
        n1 = made.node("n1");
        made.writeManifest(
                "objects.yaml",
                String.join(
                        "---\n",
                        LabObjects.node(n1),
                        LabObjects.node(made.node("n2")),
                        LabObjects.pod(made.pod("client"), Map.of()),
                        LabObjects.pod(made.pod("plain"), Map.of("culvert.io/socket-lb", "off")),
                        LabObjects.pod(made.pod("web"), Map.of()),
                        LabObjects.pod(made.pod("db"), Map.of()),
                        LabObjects.pod(made.pod("far"), Map.of())));
        made.writeManifest("policy.yaml", ObservedLab.DENIED);
        ObservedLab.serve(made.pod("web"), ObservedLab.WEB, made);
        ObservedLab.serve(made.pod("db"), ObservedLab.DB, made);
        ObservedLab.serve(made.pod("far"), 12, made);
        new LabAgent(n1).launch("--metrics-bind-address", ":" + PAGE).awaitReady();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(n1, "127.0.0.1", "/api/map")).startsWith("200 "));
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    /// Status, a space, and the body, of which a stream gives what comes within two seconds.
    private static String get(LabHost client, String address, String path) {
        String script = """
                import http.client, sys
                c = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=2)
                c.request("GET", sys.argv[3])
                r = c.getresponse()
                body = b""
                try:
                    while piece := r.read1(65536):
                        body += piece
                except TimeoutError:
                    pass
                print(r.status, body.decode())
                """;
        return client.exec("python3", "-c", script, address, Integer.toString(PAGE), path)
                .output();
    }

    private static void connect(String pod, IpFamily family, int number, boolean answered) {
        String address = family == IpFamily.IPV4 ? "10.96.0." + number : "fd96::" + number;
        Dial dial = Dial.to(address, ObservedLab.PORT).within(Duration.ofMillis(700));
        assertThat(lab.pod(pod).sockets().tcp(dial) instanceof Answer).isEqualTo(answered);
    }

    private static JsonNode map() throws JsonProcessingException {
        return new ObjectMapper().readTree(get(n1, "127.0.0.1", "/api/map").substring("200 ".length()));
    }

    private static Optional<JsonNode> edge(JsonNode map, String from, String to) {
        return StreamSupport.stream(map.get("edges").spliterator(), false)
                .filter(edge -> edge.get("from").asText().equals(from)
                        && edge.get("to").asText().equals(to))
                .findFirst();
    }

    /// An edge that must be there, or will be.
    private static JsonNode seen(JsonNode map, String from, String to) {
        Optional<JsonNode> edge = edge(map, from, to);
        assertThat(edge).as(from + " -> " + to).isPresent();
        return edge.orElseThrow();
    }

    private static double metric(String line) {
        return get(n1, "127.0.0.1", "/metrics")
                .lines()
                .filter(printed -> printed.startsWith(line + " "))
                .mapToDouble(printed -> Double.parseDouble(printed.substring(line.length() + 1)))
                .sum();
    }

    @ParameterizedTest
    @EnumSource
    void connectionsAppearInTheMapTheStreamAndTheMetrics(IpFamily family) {
        double before = metric("culvert_service_connections_total{namespace=\"default\",service=\"web\"}");
        for (String pod : List.of("client", "plain")) {
            connect(pod, family, 10, true);
        }

        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode map = map();
            for (String pod : List.of("client", "plain")) {
                JsonNode edge = seen(map, "pod:default/" + pod, "service:default/web");
                assertThat(edge.get("connections").asLong()).isPositive();
                assertThat(edge.get("drops").asLong()).isZero();
            }
            assertThat(edge(map, "service:default/web", "pod:default/web")).isPresent();
        });
        assertThat(metric("culvert_service_connections_total{namespace=\"default\",service=\"web\"}"))
                .isEqualTo(before + 2);
        assertThat(get(n1, "127.0.0.1", "/api/flows?service=default/web&pod=plain"))
                .startsWith("200 ")
                .contains("event: flows", "\"service\":\"default/web\"", "\"name\":\"plain\"", "\"name\":\"web\"");
    }

    @ParameterizedTest
    @CsvSource({"IPV4, far, 12", "IPV6, far, 12", "IPV4, web, 10", "IPV6, web, 10"})
    void bytesAreCountedWhenAConnectionEnds(IpFamily family, String service, int number)
            throws JsonProcessingException {
        String labels = "namespace=\"default\",service=\"" + service + "\"}";
        String sent = "culvert_service_bytes_total{direction=\"request\"," + labels;
        String received = "culvert_service_bytes_total{direction=\"reply\"," + labels;
        double sentBefore = metric(sent);
        double receivedBefore = metric(received);
        connect("plain", family, number, true);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metric(sent)).isGreaterThan(sentBefore + 100));
        assertThat(metric(received)).isGreaterThan(receivedBefore + 100);
        assertThat(edge(map(), "pod:default/plain", "service:default/" + service)
                        .orElseThrow()
                        .get("bytes")
                        .asLong())
                .isGreaterThan(200);
    }

    @ParameterizedTest
    @EnumSource
    void whatPoliciesKeepOutIsRedInTheMapAndCounted(IpFamily family) throws JsonProcessingException {
        String verdicts = "culvert_policy_verdicts_total{action=\"dropped\",direction=\"ingress\"}";
        double before = metric(verdicts);
        connect("client", family, 11, false);
        connect("plain", family, 11, false);

        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode edge = seen(map(), "service:default/db", "pod:default/db");
            assertThat(edge.get("drops").asLong()).isPositive();
            assertThat(edge.get("reasons").toString()).contains("policy denied");
        });
        assertThat(map().get("verdicts").toString()).contains("\"direction\":\"ingress\",\"action\":\"dropped\"");
        assertThat(metric(verdicts)).isGreaterThan(before);
        assertThat(metric("hubble_drop_total{protocol=\"TCP\",reason=\"POLICY_DENIED\"}"))
                .isPositive();
        assertThat(metric("cilium_drop_count_total{direction=\"INGRESS\",reason=\"Policy denied\"}"))
                .isPositive();
        assertThat(get(n1, "127.0.0.1", "/api/flows?verdict=dropped"))
                .contains("\"reason\":\"policy denied\"", "\"name\":\"db\"");
    }

    @Test
    void othersSeeMetricsOnly() {
        LabNode n2 = lab.node("n2");
        for (IpFamily family : IpFamily.values()) {
            String address = n1.ip(family).toString();
            assertThat(get(n2, address, "/metrics")).startsWith("200 ").contains("culvert_build");
            for (String path : List.of("/", "/api/map", "/api/flows", "/api/services", "/page.js")) {
                assertThat(get(n2, address, path)).as(path).startsWith("403 only for clients of this node");
            }
            assertThat(get(n1, address, "/")).startsWith("403 ");
        }
    }

    @Test
    void thePageAndServicesAreThere() {
        assertThat(get(n1, "localhost", "/")).startsWith("200 ").contains("<title>Culvert</title>");
        assertThat(get(n1, "127.0.0.1", "/api/services?text=default/web"))
                .startsWith("200 {\"total\":4,")
                .contains(lab.pod("web").ip(IpFamily.IPV4).toString());
    }
}
