// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.deploy.DeployedManifest;
import io.culvert.agent.deploy.Rights;
import io.culvert.agent.health.Http;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/// An agent with the configuration of `deploy/culvert.yaml`, before an API server that refuses what the ClusterRole
/// there does not allow.
@KernelTest
final class ClusterRoleKernelTest extends AgentBesideApiServer {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void A20_08_theAgentUsesEveryRightOfItsRoleAndNeedsNoOther() throws Exception {
        DeployedManifest manifest = DeployedManifest.read();
        Rights role = manifest.rights();
        server.answer(
                request -> !role.allow(request),
                Answer.status(403, "Forbidden", "not in the ClusterRole"),
                Integer.MAX_VALUE);
        putPolicy("a");
        putPolicy("b");
        try (Agent agent = start(manifest)) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(Rights.neededBy(server.requests())).isEqualTo(role));
            assertThat(server.events()).isNotEmpty();
            assertThat(server.find(Resource.CLUSTER_NETWORK_POLICIES, "", "a"))
                    .hasValueSatisfying(policy -> assertThat(
                                    policy.at("/status/conditions/0/message").asText())
                            .contains("[a, b] have priority 10"));

            int port = agent.health().port().orElseThrow();
            assertThat(manifest.probes())
                    .isNotEmpty()
                    .allSatisfy(path ->
                            assertThat(Http.get("127.0.0.1", port, path)).startsWith("HTTP/1.1 200 OK\r\n"));
        }
    }

    /// An agent whose ClusterRole is older than its image.
    @Test
    void D2_01_whereTheConditionMayNotBeWrittenPoliciesAreInForceAndTheLogSaysItOnce() throws Exception {
        server.answer(
                request -> request.method().equals("PATCH"),
                Answer.status(403, "Forbidden", "not in the ClusterRole"),
                Integer.MAX_VALUE);
        putPolicy("a");
        putPolicy("b");
        List<String> warnings = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("io.culvert.cluster.kubernetes.PriorityConditions");
        Handler handler = warnings(warnings);
        logger.addHandler(handler);
        try (Agent agent = start();
                ControlClient client = ControlClient.open(ControlSocket.in(runDir()))) {
            var _ = agent.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> patches() == 2);
            putPolicy("c");
            await().atMost(PATIENCE).until(() -> patches() >= 5);
            assertThat(client.policies().list("", "")).hasSize(3);
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(patches()).as("once of each for what is wanted").isEqualTo(5);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("the server answered 403", "resources: [clusternetworkpolicies/status], verbs: [patch]");
    }

    private long patches() {
        return server.requests().stream()
                .filter(request -> request.method().equals("PATCH"))
                .count();
    }

    private static Handler warnings(List<String> messages) {
        return new Handler() {

            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().equals(Level.WARNING)) {
                    messages.add(line.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    private void putPolicy(String policy) {
        server.put("""
                kind: ClusterNetworkPolicy
                metadata: {name: %s}
                spec: {tier: Admin, priority: 10, subject: {namespaces: {}}}
                """.formatted(policy));
    }

    private Agent start(DeployedManifest manifest) throws IOException {
        String text = manifest.configuration().replace("https://CONTROL-PLANE:6443", server.url());
        return start(options(), ConfigFile.read(Files.writeString(temporary.resolve("config.yaml"), text)));
    }
}
