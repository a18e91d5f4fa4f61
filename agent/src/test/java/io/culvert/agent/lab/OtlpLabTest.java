// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Connections of pods as records at a collector of OpenTelemetry on their node.
@LabTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OtlpLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ENDPOINT = "http://127.0.0.1:4318";

    /// Keeps each request as a file: first under a name that nobody reads.
    private static final String COLLECTOR = """
            import http.server, os, sys
            class Collector(http.server.BaseHTTPRequestHandler):
                count = 0
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    Collector.count += 1
                    path = os.path.join(sys.argv[1], "%d-%d" % (os.getpid(), Collector.count))
                    with open(path + ".part", "wb") as file:
                        file.write(body)
                    os.rename(path + ".part", path + ".logs")
                    self.send_response(200)
                    self.send_header("Content-Type", "application/x-protobuf")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                def log_message(self, *words):
                    pass
            server = http.server.HTTPServer(("127.0.0.1", 4318), Collector)
            print("listening", flush=True)
            server.serve_forever()
            """;

    @TempDir
    private static Path directory;

    private static Lab lab;
    private static LabAgent agent;
    private static LabProcess collector;

    @BeforeAll
    static void create() {
        lab = ObservedLab.create(ObservedLab.DENIED);
        LabNode node = lab.node("n1");
        collector = collect(node);
        agent = new LabAgent(node)
                .launch("--flow-otlp-endpoint", ENDPOINT, "--flow-otlp-protocol", "http")
                .awaitReady();
        await().atMost(PATIENCE).until(() -> Files.exists(node.runDir().resolve("hubble.sock")));
    }

    private static LabProcess collect(LabNode node) {
        return node.start("collector", List.of("python3", "-c", COLLECTOR, directory.toString()))
                .awaitLine("listening", PATIENCE);
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    private static List<LogRecord> records() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".logs"))
                    .flatMap(OtlpLabTest::records)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<LogRecord> records(Path request) {
        try {
            return ExportLogsServiceRequest.parseFrom(Files.readAllBytes(request)).getResourceLogsList().stream()
                    .flatMap(logs -> logs.getScopeLogsList().stream())
                    .flatMap(logs -> logs.getLogRecordsList().stream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether it has these attributes, `key=value`.
    private static boolean has(LogRecord record, String... attributes) {
        return Stream.of(attributes)
                .allMatch(wanted -> record.getAttributesList().stream()
                        .map(attribute ->
                                attribute.getKey() + "=" + attribute.getValue().getStringValue())
                        .anyMatch(wanted::equals));
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void connectionsArriveWithTheNamesOfPodsAndServices(IpFamily family) {
        ObservedLab.connect(lab, family);
        Dial dial = Dial.to(ObservedLab.address(family, ObservedLab.DB), ObservedLab.PORT)
                .within(Duration.ofMillis(300));
        assertThat(lab.pod("client").sockets().tcp(dial).failure()).isNotNull();
        String type = family == IpFamily.IPV4 ? "network.type=ipv4" : "network.type=ipv6";

        await().atMost(PATIENCE).untilAsserted(() -> {
            List<LogRecord> records = records();
            assertThat(records)
                    .as("to the Service")
                    .anyMatch(record -> record.getSeverityText().equals("INFO")
                            && has(
                                    record,
                                    type,
                                    "source.k8s.pod.name=client",
                                    "destination.k8s.pod.name=web",
                                    "destination.k8s.service.name=web"));
            assertThat(records)
                    .as("denied")
                    .anyMatch(record -> record.getSeverityText().equals("WARN")
                            && has(
                                    record,
                                    type,
                                    "source.k8s.pod.name=client",
                                    "destination.k8s.pod.name=db",
                                    "culvert.verdict=dropped",
                                    "culvert.drop.reason=policy_denied"));
        });
        assertThat(agent.verb("status"))
                .containsPattern("OpenTelemetry: +" + ENDPOINT + ", [1-9][0-9]* flows sent, 0 lost");
    }

    @Test
    @Order(2)
    void aCollectorThatIsAwayIsAProblemUntilItIsBack() {
        collector.kill();
        ObservedLab.connect(lab, IpFamily.IPV4);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).contains("export flows to " + ENDPOINT + ": "));
        int before = records().size();
        collector = collect(lab.node("n1"));
        await().atMost(PATIENCE).until(() -> records().size() > before);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status"))
                        .doesNotContain("export flows to")
                        .contains(", 0 lost"));
    }
}
