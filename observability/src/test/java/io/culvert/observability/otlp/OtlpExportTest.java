// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.observability.filter.MalformedFilterException;
import io.culvert.observability.filter.TestNames;
import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.names.NodeLabel;
import io.culvert.testkit.Certificates;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Flows on their way to collectors that are there, away, and slow.
@Timeout(90)
final class OtlpExportTest {

    private static final TestNames NAMES = new TestNames(new NodeLabel("east", "n1", "1.2"));
    private static final WallClock CLOCK = WallClock.ofSystem();
    private static final FlowMessages MESSAGES = new FlowMessages(NAMES, CLOCK);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private FlowStore store;

    @BeforeEach
    void open() {
        store = new FlowStore(100);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Event flow(EventVerdict verdict, int port) {
        return new Event(
                System.nanoTime(),
                new IpPort(IpAddress.of("10.0.0.1"), port),
                new IpPort(IpAddress.of("10.96.0.10"), 80),
                new IpPort(IpAddress.of("10.0.0.2"), 8080),
                EventKind.TRACE,
                verdict,
                1,
                2,
                0,
                0,
                0,
                60,
                Set.of(EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE),
                6,
                verdict == EventVerdict.DROPPED ? 133 : 0,
                EventHook.FROM_POD,
                2,
                0,
                0,
                EventDetail.NONE);
    }

    private void add(Event event) {
        store.add(event);
        store.publish();
    }

    private static OtlpPlan plan(int port) {
        return OtlpPlan.of(URI.create("http://127.0.0.1:" + port), OtlpProtocol.GRPC, "", "");
    }

    private OtlpExport start(OtlpPlan plan) {
        return OtlpExport.start(plan, store, MESSAGES, NAMES);
    }

    @Test
    void aFlowIsARecordWithTheNamesOfBothEnds() throws IOException {
        Event flow = flow(EventVerdict.FORWARDED, 40000);
        try (TestCollector collector = new TestCollector(0, null);
                OtlpExport export = start(plan(collector.port()).withHeaders(Map.of("authorization", "Bearer x")))) {
            add(flow);
            await().atMost(PATIENCE).until(() -> export.sent() == 1);

            LogRecord record = collector.records().getFirst();
            Map<String, AnyValue> attributes = TestCollector.attributes(record);
            Instant time = CLOCK.at(flow.time());
            assertThat(record.getTimeUnixNano())
                    .as("the program's time")
                    .isEqualTo(time.getEpochSecond() * 1_000_000_000L + time.getNano());
            assertThat(record.getObservedTimeUnixNano()).isGreaterThanOrEqualTo(record.getTimeUnixNano());
            assertThat(record.getEventName()).isEqualTo("culvert.flow");
            assertThat(record.getSeverityText()).isEqualTo("INFO");
            assertThat(record.getBody().getStringValue()).startsWith("TCP Flags: SYN");
            assertThat(text(attributes, "source.address")).isEqualTo("10.0.0.1");
            assertThat(number(attributes, "source.port")).isEqualTo(40000);
            assertThat(text(attributes, "destination.address")).isEqualTo("10.96.0.10");
            assertThat(number(attributes, "destination.port")).isEqualTo(80);
            assertThat(text(attributes, "network.transport")).isEqualTo("tcp");
            assertThat(text(attributes, "network.type")).isEqualTo("ipv4");
            assertThat(text(attributes, "source.k8s.namespace.name")).isEqualTo("ns1");
            assertThat(text(attributes, "source.k8s.pod.name")).isEqualTo("pod-1");
            assertThat(text(attributes, "destination.k8s.pod.name")).isEqualTo("pod-2");
            assertThat(text(attributes, "destination.k8s.service.name")).isEqualTo("svc2");
            assertThat(text(attributes, "culvert.verdict")).isEqualTo("forwarded");
            assertThat(attributes).doesNotContainKey("culvert.drop.reason");
            assertThat(collector
                            .requests
                            .getFirst()
                            .getResourceLogs(0)
                            .getResource()
                            .getAttributesList())
                    .anyMatch(attribute -> attribute.getKey().equals("k8s.node.name")
                            && attribute.getValue().getStringValue().equals("n1"));
            assertThat(collector.tokens).containsOnly("Bearer x");
        }
    }

    private static String text(Map<String, AnyValue> attributes, String key) {
        return attributes.getOrDefault(key, AnyValue.getDefaultInstance()).getStringValue();
    }

    private static long number(Map<String, AnyValue> attributes, String key) {
        return attributes.getOrDefault(key, AnyValue.getDefaultInstance()).getIntValue();
    }

    @Test
    void whatDoesNotFitIsNotSent() throws IOException {
        try (TestCollector collector = new TestCollector(0, null);
                OtlpExport export = start(OtlpPlan.of(
                        URI.create("http://127.0.0.1:" + collector.port()),
                        OtlpProtocol.GRPC,
                        "{\"verdict\":[\"DROPPED\"]}",
                        ""))) {
            add(flow(EventVerdict.FORWARDED, 40000));
            add(flow(EventVerdict.DROPPED, 40001));
            await().atMost(PATIENCE).until(() -> export.sent() == 1);

            assertThat(collector.records()).hasSize(1);
            LogRecord record = collector.records().getFirst();
            assertThat(record.getSeverityText()).isEqualTo("WARN");
            assertThat(text(TestCollector.attributes(record), "culvert.drop.reason"))
                    .isEqualTo("policy_denied");
        }
        assertThatThrownBy(() -> start(OtlpPlan.of(
                        URI.create("http://127.0.0.1:1"), OtlpProtocol.GRPC, "{\"source_ip\":[\"x\"]}", "")))
                .isInstanceOf(MalformedFilterException.class);
    }

    /// Takes what is sent to `/v1/logs`.
    private static List<ExportLogsServiceRequest> serve(HttpServer server) {
        List<ExportLogsServiceRequest> requests = new CopyOnWriteArrayList<>();
        server.createContext("/v1/logs", exchange -> {
            requests.add(ExportLogsServiceRequest.parseFrom(exchange.getRequestBody()));
            byte[] answer = ExportLogsServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.close();
        });
        server.start();
        return requests;
    }

    @Test
    void httpIsSpokenToo() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<ExportLogsServiceRequest> requests = serve(server);
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (OtlpExport export = start(OtlpPlan.of(endpoint, OtlpProtocol.HTTP, "", ""))) {
            add(flow(EventVerdict.FORWARDED, 40000));
            await().atMost(PATIENCE).until(() -> export.sent() == 1);
        } finally {
            server.stop(0);
        }
        assertThat(requests.getFirst()
                        .getResourceLogs(0)
                        .getScopeLogs(0)
                        .getLogRecords(0)
                        .getEventName())
                .isEqualTo("culvert.flow");
    }

    @Test
    void bothShowCertificatesOverHttp() throws IOException {
        Certificates certificates = new Certificates(directory.resolve("store"))
                .sign("collector", "localhost")
                .sign("node", "n1");
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.context("collector")) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                tls.setNeedClientAuth(true);
                parameters.setSSLParameters(tls);
            }
        });
        List<ExportLogsServiceRequest> requests = serve(server);
        Optional<Path> authority = Optional.of(certificates.certificate("ca", directory.resolve("ca.crt")));
        OtlpPlan plan = OtlpPlan.of(
                URI.create("https://localhost:" + server.getAddress().getPort()), OtlpProtocol.HTTP, "", "");
        try (OtlpExport nobody = start(plan.withTls(authority, Optional.empty(), Optional.empty()));
                OtlpExport stranger = start(plan);
                OtlpExport export = start(plan.withTls(
                        authority,
                        Optional.of(certificates.certificate("node", directory.resolve("node.crt"))),
                        Optional.of(certificates.key("node", directory.resolve("node.key")))))) {
            add(flow(EventVerdict.FORWARDED, 40000));
            await().atMost(PATIENCE).until(() -> export.sent() == 1);
            await().atMost(PATIENCE)
                    .until(() ->
                            !nobody.failure().isEmpty() && !stranger.failure().isEmpty());

            assertThat(requests).hasSize(1);
            assertThat(export.failure()).isEmpty();
            assertThat(nobody.sent() + stranger.sent()).isZero();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatWasLostWhileTheCollectorWasAwayIsCountedAndTold() throws IOException {
        int port;
        try (TestCollector gone = new TestCollector(0, null)) {
            port = gone.port();
        }
        FlowCursor other = store.cursor(0);
        try (OtlpExport export = start(plan(port))) {
            for (int number = 0; number < 300; number++) {
                add(flow(EventVerdict.FORWARDED, 1 + number));
                assertThat(other.read(RawFilter.ALL, 10, _ -> {}))
                        .as("another observer")
                        .isEqualTo(1);
            }
            assertThat(export.sent()).isZero();
            try (TestCollector collector = new TestCollector(port, null)) {
                await().atMost(PATIENCE).until(() -> export.sent() + export.lost() == 300);

                assertThat(export.lost()).isBetween(1L, 299L);
                await().atMost(PATIENCE).until(() -> toldAsLost(collector) == export.lost());
                assertThat(collector.records("culvert.flow")).hasSize((int) export.sent());
                assertThat(other.takeLost()).isZero();
            }
        }
    }

    /// Once or more: the exporter may look in the middle of what is overwritten.
    private static long toldAsLost(TestCollector collector) {
        return collector.records("culvert.lost").stream()
                .mapToLong(loss -> number(TestCollector.attributes(loss), "culvert.lost.count"))
                .sum();
    }

    @Test
    void aCollectorThatHasNoRoomIsAskedAgain() throws IOException {
        try (TestCollector collector = new TestCollector(0, null);
                OtlpExport export = start(plan(collector.port()))) {
            collector.refuses = true;
            add(flow(EventVerdict.FORWARDED, 40000));
            await().atMost(PATIENCE).until(() -> collector.tokens.size() >= 2);
            assertThat(export.sent()).isZero();
            collector.refuses = false;

            await().atMost(PATIENCE).until(() -> export.sent() == 1);
            assertThat(collector.records()).hasSize(1);
            assertThat(export.lost()).isZero();
        }
    }

    @Test
    void bothShowCertificates() throws IOException {
        Certificates certificates = new Certificates(directory.resolve("store"))
                .sign("collector", "localhost")
                .sign("node", "n1");
        SslContext tls = GrpcSslContexts.forServer(
                        certificates
                                .certificate("collector", directory.resolve("collector.crt"))
                                .toFile(),
                        certificates
                                .key("collector", directory.resolve("collector.key"))
                                .toFile())
                .trustManager(certificates
                        .certificate("ca", directory.resolve("ca.crt"))
                        .toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .build();
        Optional<Path> authority = Optional.of(directory.resolve("ca.crt"));
        Optional<Path> certificate = Optional.of(certificates.certificate("node", directory.resolve("node.crt")));
        Optional<Path> key = Optional.of(certificates.key("node", directory.resolve("node.key")));
        try (TestCollector collector = new TestCollector(0, tls)) {
            OtlpPlan plan = OtlpPlan.of(URI.create("https://localhost:" + collector.port()), OtlpProtocol.GRPC, "", "");
            try (OtlpExport nobody = start(plan.withTls(authority, Optional.empty(), Optional.empty()));
                    OtlpExport export = start(plan.withTls(authority, certificate, key))) {
                add(flow(EventVerdict.FORWARDED, 40000));
                await().atMost(PATIENCE).until(() -> export.sent() == 1);

                assertThat(collector.records()).hasSize(1);
                assertThat(nobody.sent()).isZero();
            }
        }
    }
}
