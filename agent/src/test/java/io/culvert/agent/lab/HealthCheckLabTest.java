// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabService;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a load balancer that stands on another node sees of a node's health, over the network of the nodes.
@LabTest
class HealthCheckLabTest {

    private static final int HEALTH_PORT = 32_100;
    private static final int HEALTHZ_PORT = 10_256;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static ServiceLab lab;
    private static LabNode n1;
    private static LabNode n2;

    @BeforeAll
    static void create() {
        ServiceLab made = ServiceLab.with(ServiceLab.service("other", 40));
        lab = made;
        n1 = made.lab().nodes().getFirst();
        n2 = made.lab().nodes().getLast();
        put("Local", "web1");
        await().atMost(PATIENCE)
                .until(() -> get(n2, n1, IpFamily.IPV4, HEALTH_PORT).startsWith("200 OK"));
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    private static void put(String policy, String pod) {
        LabService service = ServiceLab.service("lb", 41).backedBy(lab.pod(pod));
        lab.lab()
                .writeManifest(
                        "lb.yaml",
                        service.toYaml()
                                .replace(
                                        "type: ClusterIP",
                                        "type: LoadBalancer\n  externalTrafficPolicy: " + policy
                                                + "\n  healthCheckNodePort: " + HEALTH_PORT));
    }

    /// Status, reason, headers and body of an answer; the name of the error if there is none.
    private static String get(LabHost client, LabNode node, IpFamily family, int port, String path) {
        String script = """
                import http.client, sys
                try:
                    c = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=2)
                    c.request("GET", sys.argv[3])
                    r = c.getresponse()
                    print(r.status, r.reason, dict(r.headers), r.read().decode())
                except Exception as e:
                    print(type(e).__name__)
                """;
        ExecResult result =
                client.exec("python3", "-c", script, node.ip(family).toString(), Integer.toString(port), path);
        return result.output();
    }

    private static String get(LabHost client, LabNode node, IpFamily family, int port) {
        return get(client, node, family, port, "/");
    }

    @ParameterizedTest
    @EnumSource
    void A11_01_A11_02_A11_04_A11_11_onlyTheNodeWithTheEndpointIsHealthy(IpFamily family) {
        assertThat(get(n2, n1, family, HEALTH_PORT))
                .startsWith("200 OK")
                .contains("'X-Load-Balancing-Endpoint-Weight': '1'")
                .contains("{\"service\":{\"namespace\":\"default\",\"name\":\"lb\"},\"localEndpoints\":1,"
                        + "\"serviceProxyHealthy\":true}");
        assertThat(get(n1, n2, family, HEALTH_PORT))
                .startsWith("503 Service Unavailable")
                .contains("'X-Load-Balancing-Endpoint-Weight': '0'");
    }

    @ParameterizedTest
    @EnumSource
    void A11_20_A11_29_healthzIsServedToOthersAtItsUsualPort(IpFamily family) {
        assertThat(get(n2, n1, family, HEALTHZ_PORT, "/healthz"))
                .startsWith("200 OK")
                .contains("\"nodeEligible\":true");
        assertThat(get(n2, n1, family, HEALTHZ_PORT, "/livez")).startsWith("200 OK");
        assertThat(get(n2, n1, family, HEALTHZ_PORT, "/")).startsWith("404 Not Found");
    }

    @Test
    void A11_08_A11_09_thePortFollowsThePolicy() {
        put("Cluster", "web1");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(n2, n1, IpFamily.IPV4, HEALTH_PORT)).startsWith("ConnectionRefusedError"));

        put("Local", "web1");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(n2, n1, IpFamily.IPV4, HEALTH_PORT)).startsWith("200 OK"));
    }

    @Test
    void A11_10_A11_22_A11_23_A19_04_aNodeThatTheAutoscalerRemovesIsNotHealthyButItsServicesAre() {
        String nodes = ServiceLab.nodesAndPods(lab.lab());
        try {
            lab.lab()
                    .writeManifest(
                            "nodes.yaml",
                            nodes.replaceFirst(
                                    "spec:\n",
                                    "spec:\n  taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]\n"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(n2, n1, IpFamily.IPV4, HEALTHZ_PORT, "/healthz"))
                            .startsWith("503 Service Unavailable")
                            .contains("\"nodeEligible\":false"));

            assertThat(get(n2, n1, IpFamily.IPV4, HEALTHZ_PORT, "/livez")).startsWith("200 OK");
            assertThat(get(n2, n1, IpFamily.IPV4, HEALTH_PORT)).startsWith("200 OK");
            assertThat(get(n1, n2, IpFamily.IPV4, HEALTHZ_PORT, "/healthz")).startsWith("200 OK");
        } finally {
            lab.lab().writeManifest("nodes.yaml", nodes);
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(n2, n1, IpFamily.IPV4, HEALTHZ_PORT, "/healthz"))
                        .startsWith("200 OK"));
    }
}
