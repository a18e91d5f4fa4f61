// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Request;
import io.culvert.testkit.fakeapi.Resource;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What ClusterNetworkPolicies say in their status of a priority that is not theirs alone.
final class PriorityConditionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String TYPE = "culvert.io/SharedPriority";

    private final FakeApiServer server = FakeApiServer.start();

    @AfterEach
    void stopServer() {
        server.close();
    }

    private void put(String name, String tier, int priority, int second) {
        server.put("""
                kind: ClusterNetworkPolicy
                metadata: {name: %s, creationTimestamp: "2026-01-01T00:00:%02dZ"}
                spec: {tier: %s, priority: %d, subject: {namespaces: {}}}
                """.formatted(name, second, tier, priority));
    }

    private List<JsonNode> conditions(String name) {
        JsonNode policy =
                server.find(Resource.CLUSTER_NETWORK_POLICIES, "", name).orElseThrow();
        return StreamSupport.stream(policy.at("/status/conditions").spliterator(), false)
                .toList();
    }

    private JsonNode condition(String name) {
        return conditions(name).stream()
                .filter(condition -> condition.path("type").asText().equals(TYPE))
                .findFirst()
                .orElseThrow();
    }

    private String message(String name) {
        return condition(name).path("message").asText();
    }

    private void awaitSaying(String name, String text) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(message(name)).contains(text));
    }

    private void awaitSilent(String... names) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(names)
                        .allSatisfy(name -> assertThat(conditions(name)).isEmpty()));
    }

    private List<String> patches() {
        return server.requests().stream()
                .filter(request -> request.method().equals("PATCH"))
                .map(Request::path)
                .toList();
    }

    private static String path(String name) {
        return Resource.CLUSTER_NETWORK_POLICIES.path() + "/" + name + "/status";
    }

    @Test
    void D1_03_D1_16_D2_01_policiesOfOnePrioritySayWhichIsAskedFirstUntilTheyDiffer() {
        server.put(Objects.node("n1"));
        put("young", "Admin", 10, 2);
        put("old", "Admin", 10, 1);
        put("alone", "Admin", 11, 0);
        put("base", "Baseline", 10, 0);
        try (var _ = SourceUnderTest.followingPolicies(server)) {
            awaitSaying("young", "[old, young] have priority 10 of tier Admin and are asked in this order, the oldest");
            awaitSaying("old", "[old, young]");
            JsonNode said = condition("old");
            assertThat(said.path("status").asText()).isEqualTo("True");
            assertThat(said.path("reason").asText()).isEqualTo("SamePriority");
            assertThat(said.path("observedGeneration").asInt()).isEqualTo(1);
            assertThat(said.path("lastTransitionTime").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");

            put("third", "Admin", 10, 3);
            for (String name : List.of("old", "young", "third")) {
                awaitSaying(name, "[old, young, third]");
            }
            put("old", "Admin", 12, 1);
            awaitSilent("old");
            awaitSaying("young", "[young, third]");

            server.delete(Resource.CLUSTER_NETWORK_POLICIES, "", "third");
            awaitSilent("young");
            assertThat(conditions("alone")).isEmpty();
            assertThat(conditions("base")).isEmpty();
        }
        assertThat(patches())
                .as("each change once")
                .containsExactlyInAnyOrder(
                        path("old"),
                        path("young"),
                        path("old"),
                        path("young"),
                        path("third"),
                        path("old"),
                        path("young"),
                        path("third"),
                        path("young"));
    }

    @Test
    void D2_01_aSecondAgentWritesNothingThatTheFirstHasWritten() {
        server.put(Objects.node("n1"));
        put("a", "Admin", 10, 1);
        put("b", "Admin", 10, 2);
        put("later", "Admin", 30, 3);
        try (var _ = SourceUnderTest.followingPolicies(server)) {
            awaitSaying("a", "[a, b]");
            awaitSaying("b", "[a, b]");
        }
        assertThat(patches()).hasSize(2);
        try (var second = SourceUnderTest.followingPolicies(server)) {
            second.observer.awaitPolicies("the first lists", _ -> true);
            // What it writes is in the order of names: had it something to say of these two, it came first.
            put("later", "Admin", 31, 3);
            put("z", "Admin", 31, 4);
            awaitSaying("z", "[later, z]");
            put("b", "Admin", 20, 2);
            awaitSilent("a", "b");
        }
        assertThat(patches())
                .containsExactlyInAnyOrder(path("a"), path("b"), path("later"), path("z"), path("a"), path("b"));
    }

    @Test
    void D1_16_conditionsOfOthersStayAndOursKeepsItsTime() {
        server.put(Objects.node("n1"));
        server.put("""
                kind: ClusterNetworkPolicy
                metadata: {name: a, creationTimestamp: "2026-01-01T00:00:01Z"}
                spec: {tier: Admin, priority: 10, subject: {namespaces: {}}}
                status:
                  conditions:
                  - {type: Accepted, status: "True"}
                  - {type: culvert.io/SharedPriority, status: "True", reason: SamePriority, observedGeneration: 1,
                     message: "[a, gone]", lastTransitionTime: "2026-01-01T00:00:09Z"}
                """);
        put("b", "Admin", 10, 2);
        try (var _ = SourceUnderTest.followingPolicies(server)) {
            awaitSaying("a", "[a, b]");
            assertThat(conditions("a")).hasSize(2);
            assertThat(condition("a").path("lastTransitionTime").asText())
                    .as("only the names are others")
                    .isEqualTo("2026-01-01T00:00:09Z");
            put("b", "Admin", 20, 2);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(conditions("a"))
                            .singleElement()
                            .satisfies(condition ->
                                    assertThat(condition.path("type").asText()).isEqualTo("Accepted")));
        }
    }

    /// An agent of another version may word it in another way, and somebody may take it away each time.
    @Test
    void nobodyIsWrittenOverAgainAndAgain() {
        server.put(Objects.node("n1"));
        server.put("""
                kind: ClusterNetworkPolicy
                metadata: {name: a, creationTimestamp: "2026-01-01T00:00:01Z"}
                spec: {tier: Admin, priority: 10, subject: {namespaces: {}}}
                status:
                  conditions:
                  - {type: culvert.io/SharedPriority, status: "True", reason: SamePriority, observedGeneration: 1,
                     message: "in other words: [a, b]", lastTransitionTime: "2026-01-01T00:00:09Z"}
                """);
        put("b", "Admin", 10, 2);
        try (var _ = SourceUnderTest.followingPolicies(server)) {
            awaitSaying("b", "[a, b]");
            server.put("""
                    kind: ClusterNetworkPolicy
                    metadata: {name: b, creationTimestamp: "2026-01-01T00:00:02Z", labels: {taken: away}}
                    spec: {tier: Admin, priority: 10, subject: {namespaces: {}}}
                    status: {conditions: []}
                    """);
            put("y", "Admin", 30, 1);
            put("z", "Admin", 30, 2);
            awaitSaying("z", "[y, z]");
            awaitSaying("y", "[y, z]");
        }
        assertThat(message("a")).startsWith("in other words");
        assertThat(patches()).containsExactlyInAnyOrder(path("b"), path("y"), path("z"));
    }

    @Test
    void whatTheServerHasNoTimeForIsWrittenLater() {
        server.put(Objects.node("n1"));
        server.answer(request -> request.method().equals("PATCH"), Answer.status(503, "ServiceUnavailable", "busy"), 3);
        put("a", "Admin", 10, 1);
        put("b", "Admin", 10, 2);
        try (var _ = SourceUnderTest.followingPolicies(server)) {
            awaitSaying("a", "[a, b]");
            awaitSaying("b", "[a, b]");
        }
        assertThat(patches()).hasSize(5);
    }

    @Test
    void aRefusalChangesNothingElseAndIsNotRepeatedAtOnce() {
        server.put(Objects.node("n1"));
        server.answer(request -> request.method().equals("PATCH"), Answer.status(403, "Forbidden", "no right"), 2);
        put("a", "Admin", 10, 1);
        put("b", "Admin", 10, 2);
        try (var following = SourceUnderTest.followingPolicies(server)) {
            await().atMost(PATIENCE).until(() -> patches().size() == 2);
            put("c", "Baseline", 10, 1);
            following.observer.awaitPolicies(
                    "the next policy", state -> state.clusterNetworkPolicies().containsKey("c"));
            assertThat(following.problemLines()).isEmpty();
            put("d", "Baseline", 10, 1);
            awaitSaying("c", "[c, d]");
            awaitSaying("d", "[c, d]");
        }
        assertThat(patches()).containsExactlyInAnyOrder(path("a"), path("b"), path("c"), path("d"));
    }
}
