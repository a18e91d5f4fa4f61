// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlSocket;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.FakeApiServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Policies while there is no API server.
@KernelTest
class PolicyOutageKernelTest extends AgentBesideApiServer {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static String closed(String name) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: %s, namespace: default}
                spec: {podSelector: {}, policyTypes: [Ingress]}
                """.formatted(name);
    }

    @Test
    void C5_14_whatWasInForceStaysWhileTheApiServerIsDownAndAfterARestart() throws Exception {
        putPod();
        server.put(closed("first"));
        int port = server.port();
        int epoch;
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.policies().list("", "")).hasSize(1);
            epoch = epoch();
            assertThat(epoch).isNotZero();

            server.close();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().problems())
                            .anyMatch(problem -> problem.message().contains("cannot connect")));
            assertThat(client.policies().list("", "")).hasSize(1);
            assertThat(epoch()).isEqualTo(epoch);
            assertThat(isEnforced()).isTrue();
        }
        assertThat(epoch()).as("while no agent runs").isEqualTo(epoch);
        try (Agent _ = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().problems())
                            .anyMatch(problem -> problem.message().contains("cannot connect")));
            assertThat(epoch()).as("an agent that knows nothing yet").isEqualTo(epoch);
            assertThat(isEnforced()).isTrue();

            server = FakeApiServer.start(port);
            putNode();
            putPod();
            server.put(closed("first"));
            server.put(closed("second"));

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(client.policies().list("", "")).hasSize(2);
                assertThat(client.status().problems()).isEmpty();
            });
        }
    }

    private int epoch() {
        try (MapCatalogue maps = DatapathPins.open(pins).orElseThrow()) {
            return maps.policies().control().get(0).epoch();
        }
    }

    private boolean isEnforced() {
        try (MapCatalogue maps = DatapathPins.open(pins).orElseThrow()) {
            return (maps.policies().control().get(0).flags() & PolicyControl.ENFORCED) != 0;
        }
    }
}
