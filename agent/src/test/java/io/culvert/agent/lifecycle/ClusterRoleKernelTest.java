// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.deploy.DeployedManifest;
import io.culvert.agent.deploy.Rights;
import io.culvert.agent.health.Http;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
