// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static io.culvert.testkit.fakeapi.FakeApiServer.lists;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.health.Http;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.Resource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An agent that may not read what policies need.
@KernelTest
final class WithheldPoliciesKernelTest extends AgentBesideApiServer {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @BeforeEach
    void create() {
        putPod();
    }

    /// As after an update of the agent without its new ClusterRole.
    @Test
    void servicesAreReadyAndPoliciesAreToldOf() throws Exception {
        refuse(Resource.NETWORK_POLICIES);
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.status().problems()).singleElement().satisfies(problem -> {
                assertThat(problem.severity()).isEqualTo("error");
                assertThat(problem.message()).contains("list networkpolicies: the server answered 403");
                assertThat(problem.remedy()).contains("apiGroups: [\"networking.k8s.io\"]", "[networkpolicies]");
            });
            assertThat(client.status().facts())
                    .anySatisfy(fact -> assertThat(fact.toString()).contains("may not read networkpolicies"));
            int metrics = await().atMost(PATIENCE)
                    .until(agent::metricsPort, Optional::isPresent)
                    .orElseThrow();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Http.get("127.0.0.1", metrics, "/metrics"))
                            .contains("\nculvert_policy_refused 1.0\n"));

            server.release();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Http.get("127.0.0.1", metrics, "/metrics"))
                            .contains("\nculvert_policy_refused 0.0\n")
                            .doesNotContain("\nculvert_policy_epoch 0.0\n"));
            assertThat(client.status().problems()).isEmpty();
        }
    }

    @Test
    void rulesOfClusterNetworkPoliciesStayInForceWhileNobodyMayReadThem() throws Exception {
        server.put("""
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: closed}
                spec: {tier: Admin, priority: 1, subject: {namespaces: {}},
                       ingress: [{action: Deny, from: [{namespaces: {}}]}]}
                """);
        try (Agent agent = start()) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        int epoch = epoch();
        refuse(Resource.CLUSTER_NETWORK_POLICIES);
        server.put("{apiVersion: v1, kind: Namespace, metadata: {name: other}}");
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.status().problems())
                    .anyMatch(problem -> problem.message().contains("in force from before this start"));
            assertThat(epoch()).as("nothing was published").isEqualTo(epoch);

            server.release();

            await().atMost(PATIENCE).until(() -> epoch() != epoch);
            assertThat(client.status().problems()).isEmpty();
            assertThat(client.policies().list("", ""))
                    .singleElement()
                    .asString()
                    .contains("closed");
        }
    }

    private int epoch() {
        try (MapCatalogue maps = DatapathPins.open(pins).orElseThrow()) {
            PolicyControl control = maps.policies().control().get(0);
            return control.epoch();
        }
    }

    private void refuse(Resource resource) {
        server.answer(lists(resource), Answer.status(403, "Forbidden", "no rights"), Integer.MAX_VALUE);
    }
}
