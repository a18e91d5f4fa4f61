// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static org.awaitility.Awaitility.await;

import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.Problem;
import io.culvert.testkit.fakeapi.FakeApiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/// An agent in a pod whose only address of the API server is a ClusterIP that nobody translates.
final class BootstrapTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void A17_10_aClusterIpThatDoesNotAnswerIsToldWithTheRemedy() throws IOException {
        int port = freePort();
        Map<String, String> pod =
                Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", Integer.toString(port));
        try (ClusterStore store = new ClusterStore(Set.of(KubernetesSource.NAME));
                KubernetesSource source = KubernetesSource.open(
                        new KubernetesConfig(null, null, "n1", false), SourceUnderTest.IMPATIENT, pod)) {
            source.start(store);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> Assertions.assertThat(lines(source))
                            .contains("API server https://127.0.0.1:" + port
                                    + ": list services: cannot connect; a ClusterIP does not answer before Culvert has"
                                    + " programmed it; give --api-server or --kubeconfig an address of the control plane"
                                    + " itself"));
        }
    }

    @Test
    void A17_10_anAddressThatIsGivenComesBeforeTheClusterIp() throws IOException {
        Map<String, String> pod =
                Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", Integer.toString(freePort()));
        try (FakeApiServer server = FakeApiServer.start();
                ClusterStore store = new ClusterStore(Set.of(KubernetesSource.NAME));
                KubernetesSource source = KubernetesSource.open(
                        new KubernetesConfig(null, URI.create(server.url()), "n1", false),
                        SourceUnderTest.IMPATIENT,
                        pod)) {
            source.start(store);

            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            Assertions.assertThat(source.status().toString()).contains("following " + server.url()));
        }
    }

    private static List<String> lines(KubernetesSource source) {
        return source.problems().stream().map(Problem::toString).toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
