// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.config.Setting;
import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.health.Http;
import io.culvert.agent.view.FrontendRow;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.Resource;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real agent in this process that follows an API server. Its socket programs are on an empty cgroup.
@KernelTest
final class AgentApiServerKernelTest extends AgentBesideApiServer {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @BeforeEach
    void create() {
        server.put(service("web", "10.96.0.10", "2026-01-01T00:00:00Z"));
        server.put(slice("web"));
    }

    @Test
    void servicesOfTheApiServerAreProgrammedAndFollowed() throws Exception {
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            Readiness readiness = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(readiness.toString()).matches("ready: 1 services, 1 backends, \\d+ ms");
            assertThat(client.frontends("", "")).singleElement().satisfies(row -> {
                assertThat(row.service()).isEqualTo("default/web:http");
                assertThat(row.frontend()).hasToString("10.96.0.10:80/TCP");
                assertThat(row.backends())
                        .singleElement()
                        .matches(backend -> backend.address().equals("10.1.0.3"));
            });

            server.delete(Resource.SERVICES, "default", "web");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.frontends("", "")).isEmpty());
            assertThat(client.status().sources())
                    .singleElement()
                    .matches(source -> source.condition().equals("current"));
        }
    }

    @Test
    void theLoserOfAConflictHasAnEventAndAStatusLine() throws Exception {
        server.put(service("late", "10.96.0.10", "2026-02-01T00:00:00Z"));
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(client.frontends("", ""))
                    .extracting(FrontendRow::service)
                    .containsExactly("default/web:http");
            assertThat(client.status().problems())
                    .singleElement()
                    .matches(problem -> problem.subject().equals("Service default/late"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(server.events())
                            .anySatisfy(event -> assertThat(event.toString()).contains("AddressConflict", "\"late\"")));
        }
    }

    @Test
    void A11_22_A15_13_A19_02_theNodeIsToldThatItStartsAndDrainsWhenItIsGone() throws Exception {
        try (Agent agent = start()) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            int port = agent.health().port().orElseThrow();
            assertThat(Http.get("127.0.0.1", port, "/healthz")).startsWith("HTTP/1.1 200 OK\r\n");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(server.events())
                            .anySatisfy(
                                    event -> assertThat(event.toString()).contains("Starting", "Normal", "\"n1\"")));

            server.delete(Resource.NODES, "", "n1");

            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(Http.get("127.0.0.1", port, "/healthz")).startsWith("HTTP/1.1 503"));
            assertThat(Http.get("127.0.0.1", port, "/livez")).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void A14_10_A15_01_A15_12_A15_15_metricsOfARunningAgent() throws Exception {
        try (Agent agent = start()) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            int port = await().atMost(PATIENCE)
                    .until(agent::metricsPort, Optional::isPresent)
                    .orElseThrow();

            server.put(slice("web")
                    .replace(
                            "metadata: {",
                            "metadata: {annotations: {" + "endpoints.kubernetes.io/last-change-trigger-time: \""
                                    + Instant.now() + "\"}, "));

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Http.get("127.0.0.1", port, "/metrics"))
                            .startsWith("HTTP/1.1 200 OK\r\n")
                            .contains("kubeproxy_network_programming_duration_seconds_count{ip_family=\"IPv4\"} 1\n"));
            assertThat(Http.get("127.0.0.1", port, "/metrics"))
                    .contains("\nkubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 1\n")
                    .contains("\nkubeproxy_sync_proxy_rules_service_changes_total 1.0\n")
                    .contains("\nculvert_ready 1.0\n")
                    .contains("\nculvert_map_entries{map=\"frontends\"} 1.0\n")
                    .contains("\nculvert_map_entries{map=\"flows\"} 0.0\n")
                    .contains("\nculvert_drops_total{reason=\"no_backend\"} 0.0\n");
            assertThat(Http.get("127.0.0.1", port, "/proxyMode")).endsWith("\r\n\r\nculvert");
            assertThat(Http.get("127.0.0.1", port, "/healthz")).endsWith("\r\n\r\nok");
        }
    }

    @Test
    void A11_28_aTakenAddressEndsTheStartOnlyWhereThatIsAskedFor() throws Exception {
        try (ServerSocket busy = new ServerSocket(0)) {
            String taken = "127.0.0.1:" + busy.getLocalPort();
            for (Setting<?> setting : List.of(Setting.HEALTHZ, Setting.METRICS)) {
                assertThatThrownBy(() -> start(Map.of(setting, taken, Setting.BIND_ADDRESS_HARD_FAIL, "true")))
                        .isInstanceOf(StartException.class)
                        .hasMessage("listen on " + taken + ": Address already in use; stop what listens there"
                                + " (kube-proxy does), or choose another " + setting.option());
            }
            try (Agent agent = start(Map.of(Setting.HEALTHZ, taken))) {
                var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(agent.health().problems()).singleElement().asString().contains(taken);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(server.events())
                                .anySatisfy(event ->
                                        assertThat(event.toString()).contains("FailedToStartProxierHealthcheck")));
            }
        }
    }

    private static String service(String name, String clusterIp, String created) {
        return """
                {apiVersion: v1, kind: Service,
                 metadata: {name: %s, namespace: default, creationTimestamp: "%s"},
                 spec: {type: ClusterIP, clusterIP: %3$s, clusterIPs: [%3$s], ipFamilies: [IPv4],
                        ports: [{name: http, port: 80, protocol: TCP}]}}
                """.formatted(name, created, clusterIp);
    }

    private static String slice(String service) {
        return """
                {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4,
                 metadata: {name: %1$s-1, namespace: default, labels: {kubernetes.io/service-name: %1$s}},
                 ports: [{name: http, port: 8080, protocol: TCP}],
                 endpoints: [{addresses: [10.1.0.3], conditions: {ready: true}}]}
                """.formatted(service);
    }
}
