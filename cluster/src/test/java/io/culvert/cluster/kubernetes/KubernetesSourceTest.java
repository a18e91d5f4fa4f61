// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static io.culvert.cluster.kubernetes.Objects.node;
import static io.culvert.cluster.kubernetes.Objects.pod;
import static io.culvert.cluster.kubernetes.Objects.service;
import static io.culvert.cluster.kubernetes.Objects.slice;
import static io.culvert.testkit.fakeapi.FakeApiServer.lists;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.cluster.SourceStatus.Condition;
import io.culvert.cluster.StoreObserver;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Resource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A well-behaved API server, and objects that are not.
class KubernetesSourceTest {

    private static final ObjectName WEB = new ObjectName("default", "web");

    private final FakeApiServer server = FakeApiServer.start();

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void A1_01_everythingThatIsThereIsListedAndThenWatched() {
        server.put(service("web", 80) + "---\n" + slice("web-1", "web", "", "10.1.0.3"));
        server.put(node("n1") + "---\n" + node("n2") + "---\n" + pod("p1", "n1") + "---\n" + pod("p2", "n2"));
        try (var following = SourceUnderTest.following(server)) {
            following.awaitPort("web", 80);

            ClusterState state = following.observer.store().state();
            assertThat(state.slices(WEB)).hasSize(1);
            assertThat(state.nodes()).containsOnlyKeys("n1");
            assertThat(state.pods()).containsOnlyKeys(new ObjectName("default", "p1"));
            server.put(service("web", 81));
            following.awaitPort("web", 81);
            server.put(service("api", 90));
            following.awaitPort("api", 90);
            server.delete(Resource.SERVICES, "default", "web");
            following.awaitGone("web");
            assertThat(following.requests(lists(Resource.SERVICES))).isOne();
            assertThat(following.source.status().condition()).isEqualTo(Condition.CURRENT);
            assertThat(following.source.problems()).isEmpty();
        }
    }

    @Test
    void A1_02_A1_03_A1_04_aServiceOfAnotherProxyIsUnseenUntilItsLabelGoes() {
        server.put(node("n1"));
        server.put(service("web", 80, "service.kubernetes.io/service-proxy-name: other"));
        server.put(service("api", 90));
        try (var following = SourceUnderTest.following(server)) {
            following.awaitPort("api", 90);
            assertThat(following.port("web")).isZero();

            server.put(service("web", 80));
            following.awaitPort("web", 80);
            server.put(service("web", 80, "service.kubernetes.io/service-proxy-name: other"));
            following.awaitGone("web");
            assertThat(server.requests())
                    .filteredOn(lists(Resource.SERVICES))
                    .allSatisfy(request -> assertThat(request.parameter("labelSelector"))
                            .isEqualTo("!service.kubernetes.io/service-proxy-name"));
        }
    }

    @Test
    void A1_05_A1_06_aHeadlessSliceIsUnseenUntilItsLabelGoes() {
        server.put(node("n1") + "---\n" + service("web", 80));
        server.put(slice("web-1", "web", "", "10.1.0.3"));
        try (var following = SourceUnderTest.following(server)) {
            following.awaitState("a slice", state -> state.slices(WEB).size() == 1);

            server.put(slice("web-1", "web", "service.kubernetes.io/headless: ''", "10.1.0.3"));
            following.awaitState("no slice", state -> state.slices(WEB).isEmpty());
            server.put(slice("web-1", "web", "", "10.1.0.3"));
            following.awaitState("a slice again", state -> state.slices(WEB).size() == 1);
        }
    }

    @Test
    void A1_09_nothingIsDeliveredBeforeEveryKindIsListed() {
        server.put(service("web", 80) + "---\n" + node("n1"));
        server.answer(lists(Resource.PODS), Answer.status(500, "InternalError", "not yet"), Integer.MAX_VALUE);
        try (var following = SourceUnderTest.following(server)) {
            await().until(() -> following.port("web") == 80);
            await().until(() -> following.requests(lists(Resource.PODS)) > 2);
            assertThat(following.observer.updates()).isEmpty();
            assertThat(following.source.status().condition()).isEqualTo(Condition.STARTING);

            server.release();

            following.awaitPort("web", 80);
        }
    }

    @Test
    void A1_01_A5_11_serviceCidrsAreFollowedWhereTheServerHasThem() {
        server.put(node("n1"));
        try (var following = SourceUnderTest.following(server)) {
            following.awaitState("no block", state -> state.serviceCidrs().isEmpty());

            server.put("""
                    kind: ServiceCIDR
                    metadata: {name: kubernetes}
                    spec: {cidrs: [10.96.0.0/16, "fd00:96::/112"]}
                    """);
            following.awaitState(
                    "blocks",
                    state -> state.serviceCidrs().values().stream()
                            .anyMatch(cidr -> cidr.cidrs().size() == 2));
        }
    }

    @Test
    void A1_01_aServerWithoutServiceCidrsIsFollowedAllTheSame() {
        server.put(node("n1") + "---\n" + service("web", 80));
        for (int status : new int[] {404, 403}) {
            server.answer(
                    lists(Resource.SERVICE_CIDRS),
                    Answer.status(status, status == 404 ? "NotFound" : "Forbidden", "no"),
                    Integer.MAX_VALUE);
            try (var following = SourceUnderTest.following(server)) {
                following.awaitPort("web", 80);
                assertThat(following.source.status().condition()).isEqualTo(Condition.CURRENT);
                assertThat(following.source.problems())
                        .extracting(Problem::remedy)
                        .isEqualTo(
                                status == 404
                                        ? List.of()
                                        : List.of(
                                                "add this rule to the ClusterRole of the agent: {apiGroups:"
                                                        + " [\"networking.k8s.io\"], resources: [servicecidrs], verbs: [list, watch]}"));
            }
            server.release();
        }
    }

    @Test
    void longListsComeInPages() {
        server.put(node("n1"));
        IntStream.range(0, 1_201).forEach(i -> server.put(service("web-" + i, 80)));
        try (var following = SourceUnderTest.following(server)) {
            ClusterState state = following.awaitState("all", _ -> true);

            assertThat(state.services()).hasSize(1_201);
            assertThat(server.requests())
                    .filteredOn(lists(Resource.SERVICES))
                    .hasSize(3)
                    .allSatisfy(
                            request -> assertThat(request.parameter("limit")).isEqualTo("500"));
        }
    }

    @Test
    void aListThatExpiresBetweenPagesIsBegunAgain() {
        server.put(node("n1"));
        IntStream.range(0, 600).forEach(i -> server.put(service("web-" + i, 80)));
        server.answer(
                request -> !request.parameter("continue").isEmpty(),
                Answer.status(410, "Expired", "the provided continue parameter is too old"),
                1);
        try (var following = SourceUnderTest.following(server)) {
            ClusterState state = following.awaitState("all", _ -> true);

            assertThat(state.services()).hasSize(600);
            assertThat(following.requests(lists(Resource.SERVICES))).isEqualTo(4);
        }
    }

    @Test
    void aBadObjectIsReportedAndItsLastVersionStays() {
        server.put(node("n1") + "---\n" + service("web", 80));
        try (var following = SourceUnderTest.following(server)) {
            following.awaitPort("web", 80);

            server.put(service("web", 70_000));
            server.put(service("api", 90));
            following.awaitPort("api", 90);
            assertThat(following.port("web")).isEqualTo(80);
            assertThat(following.problemLines())
                    .containsExactly("Service default/web: spec.ports[0].port: 70000 is not a port (1 to 65535),"
                            + " so its last version stays; correct the object");

            server.put(service("web", 81));
            following.awaitPort("web", 81);
            await().until(() -> following.source.problems().isEmpty());
        }
    }

    @Test
    void A2_14_badEntriesAreLeftOutAndReported() {
        server.put(node("n1") + "---\n" + slice("web-1", "web", "", "10.1.0.3", "10.1.0", "here"));
        try (var following = SourceUnderTest.following(server)) {
            ClusterState state = following.awaitState("a slice", _ -> true);

            assertThat(state.slices(WEB))
                    .singleElement()
                    .satisfies(slice -> assertThat(slice.endpoints()).hasSize(1));
            assertThat(following.problemLines())
                    .containsExactly("EndpointSlice default/web-1: endpoints[1].addresses[0]: \"10.1.0\" is not an IP"
                            + " address (and 1 more), and is left out; correct the object");
        }
    }

    @Test
    void A1_14_A3_03_whatCannotBeServedIsLeftOutAndReportedWhileItIsThere() {
        server.put(node("n1") + "---\n" + slice("web-1", "web", "", "", "10.1.0.3") + "---\n"
                + slice("stray", "web", "", "10.1.0.4").replace("kubernetes.io/service-name", "app"));
        try (var following = SourceUnderTest.following(server)) {
            ClusterState state = following.awaitState("a slice", _ -> true);

            assertThat(state.slices(WEB))
                    .singleElement()
                    .satisfies(slice -> assertThat(slice.endpoints()).hasSize(1));
            assertThat(following.problemLines())
                    .containsExactly(
                            "EndpointSlice default/stray: metadata.labels: have no kubernetes.io/service-name, and is"
                                    + " left out; correct the object",
                            "EndpointSlice default/web-1: endpoints[0].addresses: is empty, and is left out; correct"
                                    + " the object");
        }
    }

    @Test
    void A19_06_aMissingNodeIsReported() {
        try (var following = SourceUnderTest.following(server)) {
            following.awaitState("nothing", _ -> true);

            assertThat(following.problemLines())
                    .containsExactly(
                            "Node n1: the cluster has no Node of this name, so every endpoint counts as remote;"
                                    + " give the right --node-name");
            server.put(node("n1"));
            await().until(() -> following.source.problems().isEmpty());
        }
    }

    @Test
    void theTokenOfAKubeconfigIsUsed(@TempDir Path temp) throws IOException {
        server.put(node("n1"));
        Path kubeconfig = Files.writeString(temp.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: "%s"}}]
                users: [{name: u, user: {token: secret}}]
                """.formatted(server.url()));
        try (StoreObserver observer = new StoreObserver(KubernetesSource.NAME);
                KubernetesSource source = KubernetesSource.open(new KubernetesConfig(kubeconfig, null, "n1", false))) {
            source.start(observer.store());
            observer.awaitState("the node", state -> state.node("n1").isPresent());
        }

        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.authorization()).isEqualTo("Bearer secret"));
    }

    @Test
    void withoutAnyConfigurationThereIsOneLine() {
        assertThatThrownBy(() -> KubernetesSource.open(new KubernetesConfig(null, null, "n1", false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("find the API server: no API server is known; give --kubeconfig or --api-server");
        assertThatThrownBy(() ->
                        KubernetesSource.open(new KubernetesConfig(Path.of("/nonexistent/config"), null, "n1", false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("find the API server: read /nonexistent/config: ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void anUnreachableServerIsReportedInOneLine() {
        int port = server.port();
        server.close();
        URI url = URI.create("http://127.0.0.1:" + port);
        try (StoreObserver observer = new StoreObserver(KubernetesSource.NAME);
                KubernetesSource source = KubernetesSource.open(
                        new KubernetesConfig(null, url, "n1", false), SourceUnderTest.IMPATIENT)) {
            source.start(observer.store());

            await().until(() -> source.problems().size() == 5);
            assertThat(source.status().condition()).isEqualTo(Condition.STARTING);
            assertThat(source.problems().getFirst())
                    .hasToString("API server " + url + ": list services: cannot connect; it is asked again");
        }
    }
}
