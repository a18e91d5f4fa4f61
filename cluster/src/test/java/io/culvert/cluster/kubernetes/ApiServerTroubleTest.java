// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static io.culvert.cluster.kubernetes.Objects.node;
import static io.culvert.cluster.kubernetes.Objects.service;
import static io.culvert.testkit.fakeapi.FakeApiServer.lists;
import static io.culvert.testkit.fakeapi.FakeApiServer.watches;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.cluster.SourceStatus;
import io.culvert.cluster.SourceStatus.Condition;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Request;
import io.culvert.testkit.fakeapi.Resource;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An API server that is away, slow, forgetful, or talks nonsense. In each case what is known stays, and news is seen
/// as soon as the trouble is over.
class ApiServerTroubleTest {

    private final FakeApiServer server = FakeApiServer.start();
    private SourceUnderTest following;

    @BeforeEach
    void follow() {
        server.put(node("n1") + "---\n" + service("web", 80) + "---\n" + service("api", 90));
        following = SourceUnderTest.following(server);
        following.awaitPort("web", 80);
        await().until(() -> server.watches() == FollowedKind.all("n1", false).size());
    }

    @AfterEach
    void stop() {
        following.close();
        server.close();
    }

    @Test
    void aWatchThatBreaksGoesOnWhereItWas() {
        server.put(service("web", 81));
        following.awaitPort("web", 81);
        long seen = server.version();
        server.answer(watches(Resource.SERVICES), Answer.status(503, "Unavailable", "wait"), 1);
        server.disconnectWatches();
        server.put(service("web", 82));
        server.delete(Resource.SERVICES, "default", "api");

        following.awaitPort("web", 82);
        following.awaitGone("api");
        assertThat(following.requests(lists(Resource.SERVICES))).isOne();
        List<Request> resumed = server.requests().stream()
                .filter(watches(Resource.SERVICES))
                .skip(1)
                .toList();
        assertThat(resumed)
                .isNotEmpty()
                .allSatisfy(request ->
                        assertThat(request.parameter("resourceVersion")).isEqualTo(Long.toString(seen)));
    }

    @Test
    void aBookmarkMovesTheVersionOn() {
        server.put(node("n1"));
        server.bookmark();
        String version = Long.toString(server.version());
        server.disconnectWatches();

        await().until(() -> server.requests().stream()
                .filter(watches(Resource.SERVICES))
                .anyMatch(request -> request.parameter("resourceVersion").equals(version)));
        assertThat(following.requests(lists(Resource.SERVICES))).isOne();
    }

    @Test
    void aVersionThatIsGoneIsListedAgainAndWhatVanishedIsRemoved() {
        server.answer(watches(Resource.SERVICES), Answer.status(503, "Unavailable", "wait"), Integer.MAX_VALUE);
        server.disconnectWatches();
        server.delete(Resource.SERVICES, "default", "api");
        server.put(service("web", 81));
        server.put(service("new", 70));
        server.compact();
        server.release();

        following.awaitPort("new", 70);
        following.awaitGone("api");
        following.awaitPort("web", 81);
        assertThat(following.requests(lists(Resource.SERVICES))).isGreaterThan(1);
        assertThat(following.source.problems()).isEmpty();
    }

    static Stream<Answer> nonsense() {
        return Stream.of(
                Answer.html(),
                new Answer.Text(200, "application/json", "<html>"),
                new Answer.Text(200, "application/json", "{}"),
                new Answer.Text(200, "application/json", "[]"),
                new Answer.Text(200, "application/json", "null"),
                new Answer.Text(200, "application/json", ""),
                new Answer.Text(
                        200,
                        "application/json",
                        "{\"kind\":\"ServiceList\",\"metadata\":{\"resourceVersion\":\"9999\"}"),
                new Answer.Text(200, "application/json", "{\"kind\":\"ServiceList\",\"items\":[]}"),
                new Answer.Text(
                        200,
                        "application/json",
                        "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"9999\"},\"items\":[]}"),
                new Answer.Text(
                        200,
                        "application/json",
                        "{\"kind\":\"ServiceList\",\"metadata\":{\"resourceVersion\":\"9999\"},\"items\":[7]}"),
                new Answer.Truncated(150),
                new Answer.Truncated(0),
                Answer.status(500, "InternalError", "etcd is down"),
                Answer.status(429, "TooManyRequests", "slow down"),
                new Answer.Text(502, "text/html", "<html>Bad Gateway</html>"));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseInPlaceOfAListRemovesNothing(Answer answer) {
        server.answer(lists(Resource.SERVICES), answer, 3);
        server.answer(watches(Resource.SERVICES), Answer.status(410, "Expired", "too old"), 1);
        server.disconnectWatches();
        await().until(() -> following.requests(lists(Resource.SERVICES)) >= 4);
        server.put(service("web", 81));

        following.awaitPort("web", 81);
        assertThat(following.observer.updates())
                .allSatisfy(update -> assertThat(update.state().services()).hasSize(2));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseInPlaceOfAWatchChangesNothing(Answer answer) {
        server.answer(watches(Resource.SERVICES), answer, 3);
        server.disconnectWatches();
        server.put(service("web", 81));

        following.awaitPort("web", 81);
        assertThat(following.observer.updates())
                .allSatisfy(update -> assertThat(update.state().services()).hasSize(2));
    }

    @Test
    void nonsenseWithinAWatchChangesNothing() {
        int port = 81;
        for (String line : List.of(
                "<html>",
                "{\"type\":\"ADDED\"}",
                "{\"type\":\"DELETED\",\"object\":{}}",
                "{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"web\"}}}",
                "{\"type\":\"REMOVED\",\"object\":{\"metadata\":{\"name\":\"web\",\"resourceVersion\":\"99999\"}}}",
                "{\"type\":\"ERROR\",\"object\":{\"code\":\"x\"}}")) {
            server.sendToWatches(Resource.SERVICES, line);
            server.put(service("web", ++port));
            following.awaitPort("web", port);
        }

        assertThat(following.port("api")).isEqualTo(90);
    }

    @Test
    void A1_12_aServerThatIsAwayChangesNothing() {
        int port = server.port();
        server.close();
        await().until(() -> following.source.status().condition() == Condition.STALE);
        assertThat(following.port("web")).isEqualTo(80);

        try (FakeApiServer next = FakeApiServer.start(port)) {
            next.setVersion(5_000);
            next.put(node("n1") + "---\n" + service("web", 81));
            next.compact();

            following.awaitPort("web", 81);
            following.awaitGone("api");
            SourceStatus current = new SourceStatus(Condition.CURRENT, "following " + next.url());
            await().untilAsserted(() -> assertThat(following.source.status()).isEqualTo(current));
            following.close();
        }
    }

    /// Without any event: a server may have nothing to tell for hours.
    @Test
    void aWatchThatOpensAgainEndsTheTrouble() {
        server.answer(watches(Resource.SERVICES), Answer.html(), Integer.MAX_VALUE);
        server.disconnectWatches();
        await().until(() -> following.source.status().condition() == Condition.STALE);
        server.release();
        server.answer(lists(Resource.SERVICES), Answer.html(), Integer.MAX_VALUE);

        await().until(() -> following.source.status().condition() == Condition.CURRENT);
        assertThat(following.source.problems()).isEmpty();
        assertThat(following.requests(lists(Resource.SERVICES))).isOne();
    }

    static Stream<Answer> silences() {
        return Stream.of(new Answer.Silence(), new Answer.SilentBody());
    }

    @ParameterizedTest
    @MethodSource("silences")
    void aServerThatFallsSilentIsGivenUpAndOtherKindsGoOn(Answer silence) {
        server.answer(lists(Resource.SERVICES), silence, 2);
        server.answer(watches(Resource.SERVICES), Answer.status(410, "Expired", "too old"), 1);
        server.disconnectWatches();
        server.put(node("n1").replace("192.0.2.1", "192.0.2.9"));
        following.awaitState(
                "the node's new address",
                state -> state.node("n1")
                        .filter(node -> node.internalIps().getFirst().toString().equals("192.0.2.9"))
                        .isPresent());
        server.put(service("web", 81));

        following.awaitPort("web", 81);
        assertThat(following.port("api")).isEqualTo(90);
    }

    @Test
    void aServerThatIsSlowIsWaitedForUpToALimit() {
        server.answer(lists(Resource.SERVICES), new Answer.Late(Duration.ofMinutes(1)), 1);
        server.answer(lists(Resource.SERVICES), new Answer.Late(Duration.ofMillis(200)), 1);
        server.answer(watches(Resource.SERVICES), Answer.status(410, "Expired", "too old"), 1);
        server.disconnectWatches();
        server.put(service("web", 81));

        following.awaitPort("web", 81);
        assertThat(following.requests(lists(Resource.SERVICES))).isEqualTo(3);
    }

    @Test
    void aWatchThatDiedUnnoticedIsOpenedAnew() {
        server.answer(watches(Resource.SERVICES), new Answer.SilentBody(), 1);
        server.disconnectWatches();
        server.put(service("web", 81));

        following.awaitPort("web", 81);
    }

    @Test
    void aReplayOfOldVersionsBringsNothingBack() {
        long old = server.version();
        server.delete(Resource.SERVICES, "default", "api");
        following.awaitGone("api");

        server.sendToWatches(Resource.SERVICES, event("ADDED", "api", old));
        server.sendToWatches(Resource.SERVICES, event("MODIFIED", "web", old));
        server.put(service("last", 70));

        following.awaitPort("last", 70);
        assertThat(following.port("api")).isZero();
        assertThat(following.port("web")).isEqualTo(80);
    }

    @Test
    void aListOfALaggingReplicaIsNotBelieved() {
        String lagging = "{\"kind\":\"ServiceList\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}";
        server.answer(lists(Resource.SERVICES), new Answer.Text(200, "application/json", lagging), 3);
        server.answer(watches(Resource.SERVICES), Answer.status(410, "Expired", "too old"), 1);
        server.disconnectWatches();
        await().until(() -> following.requests(lists(Resource.SERVICES)) >= 5);
        server.put(service("web", 81));

        following.awaitPort("web", 81);
        assertThat(following.observer.updates())
                .allSatisfy(update -> assertThat(update.state().services()).hasSize(2));
    }

    @Test
    void aClusterThatWasRestoredFromABackupIsBelievedInTheEnd() {
        server.delete(Resource.SERVICES, "default", "api");
        following.awaitGone("api");
        server.setVersion(10);
        server.put(service("web", 85));
        server.answer(watches(Resource.SERVICES), Answer.status(504, "Timeout", "Too large resource version"), 3);
        server.disconnectWatches();

        following.awaitPort("web", 85);
        server.put(service("web", 86));
        following.awaitPort("web", 86);
    }

    @Test
    void aRefusalSaysWhatToGrant() {
        server.answer(
                lists(Resource.PODS),
                Answer.status(403, "Forbidden", "pods is forbidden: User \\\"agent\\\" cannot list"),
                Integer.MAX_VALUE);
        server.answer(watches(Resource.PODS), Answer.status(410, "Expired", "too old"), 1);
        server.disconnectWatches();

        await().untilAsserted(() -> assertThat(following.problemLines())
                .containsExactly("API server " + server.url() + ": list pods: the server answered 403:"
                        + " pods is forbidden: User \"agent\" cannot list; add this rule to the ClusterRole of the agent:"
                        + " {apiGroups: [\"\"], resources: [pods], verbs: [list, watch]}"));
        assertThat(following.source.status().condition()).isEqualTo(Condition.STALE);
    }

    private static String event(String type, String name, long version) {
        return """
                {"type":"%s","object":{"kind":"Service","metadata":{"name":"%s","namespace":"default","resourceVersion":"%d"},\
                "spec":{"clusterIP":"10.96.0.10","ports":[{"port":1}]}}}""".formatted(type, name, version);
    }
}
