// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.control.PolicyQueries.Question;
import io.culvert.agent.health.Http;
import io.culvert.agent.view.ExplainView;
import io.culvert.agent.view.PolicyRow;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.Request;
import io.culvert.testkit.fakeapi.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Policies of an API server, in the agent and in the kernel.
@KernelTest
final class PolicyApiServerKernelTest extends AgentBesideApiServer {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MANY = 1_000;
    private static final int ALONE = 10;
    private static final int FIRST_PORT = 20_000;

    /// `endpoints` has room for 65,536 addresses and interfaces, and no more.
    private static final int TOO_MANY_ADDRESSES = 65_600;

    private static final String LATENCY = "culvert_policy_programming_duration_seconds_count";

    @BeforeEach
    void create() {
        putPod();
    }

    /// Nobody but who comes to one port.
    private static String opening(int port) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: open-%1$d, namespace: default}
                spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{protocol: TCP, port: %1$d}]}]}
                """.formatted(port);
    }

    private static String metrics(Agent agent) throws Exception {
        int port = await().atMost(PATIENCE)
                .until(agent::metricsPort, Optional::isPresent)
                .orElseThrow();
        return Http.get("127.0.0.1", port, "/metrics");
    }

    private static int metric(Agent agent, String name) throws Exception {
        var line = Pattern.compile("(?m)^" + name + " (\\d+)(\\.0)?$").matcher(metrics(agent));
        assertThat(line.find()).as(name).isTrue();
        return Integer.parseInt(line.group(1));
    }

    private static boolean letsIn(ControlClient client, int port) {
        ExplainView answer = client.policies()
                .explain(new Question(
                        "203.0.113.7",
                        "default/web",
                        OptionalInt.of(Protocol.TCP.number()),
                        OptionalInt.of(port),
                        "",
                        ""));
        assertThat(answer.disagrees()).as("programs say something else").isFalse();
        return answer.paths().getFirst().allowed();
    }

    @Test
    void C1_43_nothingIsWrittenToPolicies() throws Exception {
        server.put(opening(80));
        server.put("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: odd, namespace: default}
                spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{moon: full}]}]}
                """);
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(letsIn(client, 80)).isTrue();
            assertThat(letsIn(client, 81)).isFalse();

            server.put(opening(81));
            await().atMost(PATIENCE).until(() -> letsIn(client, 81));
            server.delete(Resource.NETWORK_POLICIES, "default", "open-80");
            await().atMost(PATIENCE).until(() -> !letsIn(client, 80));

            await("the Event of the odd one")
                    .atMost(PATIENCE)
                    .until(() -> server.events().stream()
                            .anyMatch(event -> event.path("reason").asText().equals("PolicyNotUnderstood")));
        }
        assertThat(server.requests())
                .filteredOn(request -> request.path().contains("networkpolicies"))
                .isNotEmpty()
                .extracting(Request::method)
                .containsOnly("GET");
        assertThat(server.requests())
                .filteredOn(request -> !request.method().equals("GET"))
                .allSatisfy(request -> assertThat(request.path()).endsWith("/events"));
    }

    @Test
    void C5_18_aThousandPoliciesInARowAreAllInForceAndWhatTheyTookIsCounted() throws Exception {
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            server.put(IntStream.range(FIRST_PORT, FIRST_PORT + MANY)
                    .mapToObj(PolicyApiServerKernelTest::opening)
                    .collect(Collectors.joining("---\n")));
            await().atMost(PATIENCE).until(() -> metric(agent, "culvert_policies") == MANY);

            for (int port = FIRST_PORT + MANY; port < FIRST_PORT + MANY + ALONE; port++) {
                int one = port;
                int before = metric(agent, LATENCY);
                server.put(opening(port));
                await().atMost(PATIENCE).until(() -> letsIn(client, one));
                assertThat(metric(agent, LATENCY)).as("one that comes alone").isEqualTo(before + 1);
            }
            assertThat(client.policies().list("", ""))
                    .hasSize(MANY + ALONE)
                    .allSatisfy(policy -> assertThat(policy.status()).startsWith("enforced on 1 pod"));
        }
        try (Datapath datapath = Datapath.open(DatapathConfig.of(pins))) {
            assertThat(IntStream.range(FIRST_PORT - 1, FIRST_PORT + MANY + ALONE + 1)
                            .filter(port -> datapath.policies()
                                    .ask(new PolicyQuestion(
                                            false,
                                            IpAddress.of("203.0.113.7"),
                                            IpAddress.of("10.1.0.3"),
                                            Protocol.TCP.number(),
                                            port))
                                    .allowed()))
                    .as("what programs let in")
                    .containsExactlyElementsOf(IntStream.range(FIRST_PORT, FIRST_PORT + MANY + ALONE)
                            .boxed()
                            .toList());
        }
    }

    @Test
    void D1_01_D2_20_theFirstVersionsOfAdminPoliciesAreNeitherAskedForNorEnforced() throws Exception {
        for (String kind : List.of("AdminNetworkPolicy", "BaselineAdminNetworkPolicy")) {
            server.put("""
                    apiVersion: policy.networking.k8s.io/v1alpha1
                    kind: %s
                    metadata: {name: default}
                    spec:
                      priority: 0
                      subject: {namespaces: {}}
                      ingress: [{action: Deny, from: [{namespaces: {}}]}]
                    """.formatted(kind));
        }
        server.put("""
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: second}
                spec:
                  tier: Admin
                  priority: 1
                  subject: {namespaces: {}}
                  ingress:
                  - action: Deny
                    from: [{namespaces: {}}]
                    protocols: [{tcp: {destinationPort: {number: 81}}}]
                """);
        server.put("""
                apiVersion: v1
                kind: Pod
                metadata: {name: client, namespace: default, uid: u-client}
                spec: {nodeName: n2}
                status: {phase: Running, podIPs: [{ip: 10.1.0.4}]}
                """);
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(client.policies().list("", ""))
                    .extracting(PolicyRow::name)
                    .containsExactly("second");
            assertThat(fromClient(client, 81)).isEqualTo("admin");
            assertThat(fromClient(client, 80)).isEqualTo("default");
            assertThat(server.requests())
                    .extracting(Request::path)
                    .contains(Resource.CLUSTER_NETWORK_POLICIES.path())
                    .noneMatch(path -> path.contains("v1alpha1"));
        }
    }

    /// Which stage decides about who comes from pod client.
    private static String fromClient(ControlClient client, int port) {
        return client.policies()
                .explain(new Question(
                        "default/client",
                        "default/web",
                        OptionalInt.of(Protocol.TCP.number()),
                        OptionalInt.of(port),
                        "",
                        ""))
                .paths()
                .getFirst()
                .answers()
                .getLast()
                .by();
    }

    @Test
    void policiesThatDoNotFitAreInTheMetricsUntilTheyDo() throws Exception {
        server.put(opening(80));
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(metric(agent, "culvert_policy_refused")).isZero();
            assertThat(metric(agent, "culvert_policy_failures_total")).isZero();

            server.put("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: many, namespace: default, uid: u-many}
                    spec: {nodeName: n1}
                    status: {phase: Running, podIPs: [%s]}
                    """.formatted(IntStream.range(0, TOO_MANY_ADDRESSES)
                    .mapToObj(i -> "{ip: " + IpAddress.ofV4(0x0a020000 + i) + "}")
                    .collect(Collectors.joining(", "))));

            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(metric(agent, "culvert_policy_refused")).isEqualTo(1));
            int failures = metric(agent, "culvert_policy_failures_total");
            assertThat(failures).isPositive();
            assertThat(client.status().problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.message()).contains("endpoints", "full"));
            assertThat(letsIn(client, 80)).as("what was enforced stays").isTrue();
            assertThat(letsIn(client, 81)).isFalse();

            server.delete(Resource.PODS, "default", "many");

            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(metric(agent, "culvert_policy_refused")).isZero());
            assertThat(metric(agent, "culvert_policy_failures_total")).isEqualTo(failures);
        }
    }
}
