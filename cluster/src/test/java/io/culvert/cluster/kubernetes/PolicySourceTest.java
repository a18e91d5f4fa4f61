// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static io.culvert.testkit.fakeapi.FakeApiServer.lists;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.testkit.fakeapi.Answer;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.fakeapi.Request;
import io.culvert.testkit.fakeapi.Resource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What policies need of an API server.
class PolicySourceTest {

    private final FakeApiServer server = FakeApiServer.start();

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void everythingThatPoliciesSelectIsFollowed() {
        server.put(Objects.node("n1") + "---\n" + Objects.node("n2"));
        server.put("kind: Namespace\nmetadata: {name: x, labels: {team: red}, "
                + "annotations: {culvert.io/policy-mode: audit, other: text}}");
        server.put(Objects.pod("here", "n1") + "---\n" + Objects.pod("there", "n2"));
        server.put(Objects.networkPolicy("deny", "{podSelector: {}}"));
        server.put(Objects.clusterNetworkPolicy("admin", 7));
        try (var following = SourceUnderTest.followingPolicies(server)) {
            PolicyState state = following.observer.awaitPolicies("the first lists", _ -> true);

            assertThat(state.namespaces())
                    .containsOnly(Map.entry("x", new Namespace("x", Map.of("team", "red"), true)));
            assertThat(state.pods()).containsOnlyKeys(name("here"), name("there"));
            assertThat(state.nodes()).containsOnlyKeys("n1", "n2");
            assertThat(state.networkPolicies()).containsOnlyKeys(name("deny"));
            assertThat(state.clusterNetworkPolicies()).containsOnlyKeys("admin");
            var services = following.observer.store().state();
            assertThat(services.pods()).as("those of this node").containsOnlyKeys(name("here"));
            assertThat(services.nodes()).containsOnlyKeys("n1");
            assertThat(following.problemLines()).isEmpty();
        }
    }

    @Test
    void C5_03_C5_04_C5_05_changesAreNamedByKind() {
        server.put(Objects.node("n1") + "---\n" + Objects.pod("there", "n2"));
        try (var following = SourceUnderTest.followingPolicies(server)) {
            following.observer.awaitPolicies("the first lists", _ -> true);
            assertThat(following.observer.policyUpdates().getFirst().policies()).isEqualTo(PolicyChanges.EVERYTHING);

            server.put(Objects.networkPolicy("deny", "{podSelector: {}}"));
            following.observer.awaitPolicies(
                    "the policy", policies -> !policies.networkPolicies().isEmpty());
            assertThat(lastChanges(following)).isEqualTo(Map.of(ObjectKind.NETWORK_POLICY, Set.of(name("deny"))));

            server.put(Objects.pod("there", "n2").replace("uid: u-there", "labels: {app: web}"));
            following.observer.awaitPolicies("the label", policies -> labelled(policies, "there"));
            assertThat(lastChanges(following)).isEqualTo(Map.of(ObjectKind.POD, Set.of(name("there"))));

            server.delete(Resource.NETWORK_POLICIES, "default", "deny");
            following.observer.awaitPolicies(
                    "no policy", policies -> policies.networkPolicies().isEmpty());
            assertThat(following.observer.updates())
                    .as("nothing of it concerns Services")
                    .hasSize(1);
        }
    }

    @Test
    void C5_07_C5_10_podsOfEveryStateAreKept() {
        server.put("""
                kind: Pod
                metadata: {name: host}
                spec: {nodeName: n1, hostNetwork: true}
                status: {phase: Running, podIPs: [{ip: 192.0.2.1}]}
                ---
                kind: Pod
                metadata: {name: finished}
                spec: {nodeName: n2}
                status: {phase: Succeeded, podIPs: [{ip: 10.1.0.4}]}
                ---
                kind: Pod
                metadata: {name: waiting}
                status: {phase: Pending}
                """);
        try (var following = SourceUnderTest.followingPolicies(server)) {
            PolicyState state = following.observer.awaitPolicies("the first lists", _ -> true);

            assertThat(pod(state, "host").hostNetwork()).isTrue();
            assertThat(pod(state, "finished").finished()).isTrue();
            assertThat(pod(state, "waiting").addresses()).isEmpty();
            assertThat(pod(state, "waiting").nodeName()).isNull();
        }
    }

    /// The first list of pods of a large cluster takes many seconds.
    @Test
    void C5_19_servicesDoNotWaitForThePodsOfOtherNodesAndPoliciesDo() {
        server.put(Objects.node("n1") + "---\n" + Objects.pod("here", "n1") + "---\n" + Objects.pod("there", "n2"));
        Predicate<Request> whole = lists(Resource.PODS)
                .and(request -> request.parameter("fieldSelector").isEmpty());
        server.answer(whole, Answer.status(503, "ServiceUnavailable", "busy"), Integer.MAX_VALUE);
        try (var following = SourceUnderTest.followingPolicies(server)) {
            var state = following.awaitState("what Services need", _ -> true);

            assertThat(state.pods()).containsOnlyKeys(name("here"));
            assertThat(following.observer.store().policiesComplete()).isFalse();
            assertThat(following.observer.policyUpdates()).isEmpty();
            assertThat(following.source.status().toString()).contains("pods");

            server.release();
            PolicyState policies = following.observer.awaitPolicies("all pods", _ -> true);
            assertThat(policies.pods()).containsOnlyKeys(name("here"), name("there"));
        }
    }

    /// A name of a StatefulSet's pod goes from node to node.
    @Test
    void aPodOfTheSameNameElsewhereIsNoPodOfThisNodeAnyMore() {
        server.put(Objects.node("n1") + "---\n" + Objects.pod("db-0", "n1"));
        try (var following = SourceUnderTest.followingPolicies(server)) {
            following.awaitState("the pod", state -> !state.pods().isEmpty());
            following.observer.awaitPolicies("the first lists", _ -> true);

            // Seen only in a list: watches are cut, and what they would have told is forgotten.
            server.answer(FakeApiServer.watches(Resource.PODS), Answer.status(503, "ServiceUnavailable", "busy"), 1);
            server.delete(Resource.PODS, "default", "db-0");
            server.put(Objects.pod("db-0", "n2"));
            server.compact();
            server.disconnectWatches();

            following.awaitState("no pod here", state -> state.pods().isEmpty());
            following.observer.awaitPolicies(
                    "the pod there",
                    policies -> policies.pods().containsKey(name("db-0"))
                            && "n2".equals(pod(policies, "db-0").nodeName()));
        }
    }

    @Test
    void D1_01_D2_19_theDefinitionOfClusterNetworkPoliciesMayBeInstalledLater() {
        Answer absent = Answer.status(404, "NotFound", "the server could not find the requested resource");
        server.answer(lists(Resource.CLUSTER_NETWORK_POLICIES), absent, Integer.MAX_VALUE);
        server.put(Objects.node("n1"));
        try (var following = SourceUnderTest.followingPolicies(server)) {
            following.observer.awaitPolicies("everything else", _ -> true);
            assertThat(following.problemLines()).isEmpty();

            server.put(Objects.clusterNetworkPolicy("admin", 7));
            server.release();

            following.observer.awaitPolicies(
                    "the policy", policies -> policies.clusterNetworkPolicies().containsKey("admin"));
        }
    }

    @Test
    void whoMayNotSeeClusterNetworkPoliciesIsToldAndGoesOn() {
        refuse(Resource.CLUSTER_NETWORK_POLICIES);
        server.put(Objects.node("n1"));
        try (var following = SourceUnderTest.followingPolicies(server)) {
            following.observer.awaitPolicies("everything else", _ -> true);

            assertThat(following.source.withheldFromPolicies()).containsExactly("clusternetworkpolicies");
            assertThat(following.problemLines())
                    .containsExactly("API server " + server.url() + ": list clusternetworkpolicies: the server answered"
                            + " 403: no rights; none of them is enforced that is not in force already; add this rule to"
                            + " the ClusterRole of the agent: {apiGroups: [\"policy.networking.k8s.io\"],"
                            + " resources: [clusternetworkpolicies], verbs: [list, watch]}");
        }
    }

    /// As after an update of the agent without its new ClusterRole.
    @Test
    void whoMayNotSeeWhatPoliciesNeedServesServicesAndDecidesNothing() {
        for (Resource resource : List.of(Resource.NETWORK_POLICIES, Resource.NAMESPACES, Resource.PODS)) {
            String plural = resource.path().replaceFirst(".*/", "");
            refuse(resource);
            server.put(Objects.node("n1") + "---\n" + Objects.service("web", 80));
            server.put(Objects.pod("here", "n1"));
            try (var following = SourceUnderTest.followingPolicies(server)) {
                following.awaitPort("web", 80);

                await().untilAsserted(() -> assertThat(following.problemLines())
                        .singleElement()
                        .asString()
                        .contains("list " + plural, "403", "policies stay", "resources: [" + plural + "]"));
                assertThat(following.observer.store().policiesComplete()).isFalse();
                assertThat(following.observer.policyUpdates()).isEmpty();
                assertThat(following.source.withheldFromPolicies()).containsExactly(plural);

                server.release();

                following.observer.awaitPolicies(
                        "the pod", state -> state.pods().containsKey(name("here")));
                await().untilAsserted(() -> assertThat(following.problemLines()).isEmpty());
                assertThat(following.source.withheldFromPolicies()).isEmpty();
            }
        }
    }

    private void refuse(Resource resource) {
        server.answer(lists(resource), Answer.status(403, "Forbidden", "no rights"), Integer.MAX_VALUE);
    }

    @Test
    void aPolicyThatCannotBeReadIsLoudAndItsLastVersionStays() {
        server.put(Objects.node("n1"));
        server.put(Objects.networkPolicy("never", "{podSelector: {matchExpressions: [{key: a, operator: Near}]}}"));
        server.put(Objects.clusterNetworkPolicy("once", 7));
        try (var following = SourceUnderTest.followingPolicies(server)) {
            PolicyState state = following.observer.awaitPolicies("the first lists", _ -> true);
            assertThat(state.networkPolicies()).isEmpty();

            server.put(Objects.clusterNetworkPolicy("once", 1001));
            await().untilAsserted(() -> assertThat(following.problemLines())
                    .containsExactlyInAnyOrder(
                            "NetworkPolicy default/never: spec.podSelector.matchExpressions[0].operator: \"Near\" is not"
                                    + " an operator, so nothing of it is enforced; use In, NotIn, Exists or DoesNotExist",
                            "ClusterNetworkPolicy once: spec.priority: 1001 is not a priority (0 to 1000), so its last"
                                    + " version stays; correct the object"));
            assertThat(following.observer.store().state().policies().clusterNetworkPolicies())
                    .hasEntrySatisfying(
                            "once", policy -> assertThat(policy.priority()).isEqualTo(7));
            await().untilAsserted(() -> assertThat(server.events())
                    .extracting(event -> event.path("reason").asText() + " "
                            + event.path("involvedObject").path("apiVersion").asText() + " "
                            + event.path("involvedObject").path("name").asText())
                    .containsExactlyInAnyOrder(
                            "PolicyRefused networking.k8s.io/v1 never",
                            "PolicyRefused policy.networking.k8s.io/v1alpha2 once"));
        }
    }

    @Test
    void C1_42_aPolicyThatIsUnderstoodInPartIsKeptAndToldOf() {
        server.put(Objects.node("n1"));
        server.put(Objects.networkPolicy("part", "{podSelector: {}, ingress: [{from: [{moon: full}]}]}"));
        try (var following = SourceUnderTest.followingPolicies(server)) {
            PolicyState state = following.observer.awaitPolicies("the first lists", _ -> true);

            assertThat(state.networkPolicies()).containsOnlyKeys(name("part"));
            assertThat(following.problemLines())
                    .containsExactly("NetworkPolicy default/part: spec.ingress[0].from[0].moon: is not a field that"
                            + " Culvert knows, and is not understood; correct the object");
            await().untilAsserted(() -> assertThat(server.events())
                    .extracting(event -> event.path("reason").asText())
                    .containsExactly("PolicyNotUnderstood"));
        }
    }

    @Test
    void withoutPoliciesNobodyAsksForMoreThanServicesNeed() {
        server.put(Objects.node("n1") + "---\n" + Objects.node("n2"));
        server.put(Objects.pod("here", "n1") + "---\n" + Objects.pod("there", "n2"));
        try (var following = SourceUnderTest.following(server)) {
            following.awaitState("the first lists", state -> !state.pods().isEmpty());

            assertThat(server.requests())
                    .filteredOn(request ->
                            Set.of(Resource.PODS.path(), Resource.NODES.path()).contains(request.path()))
                    .noneMatch(request -> request.parameter("fieldSelector").isEmpty());
            assertThat(server.requests())
                    .extracting(Request::path)
                    .doesNotContain(Resource.NAMESPACES.path(), Resource.NETWORK_POLICIES.path());
            assertThat(following.observer.store().state().policies()).isEqualTo(PolicyState.EMPTY);
        }
    }

    private static Map<ObjectKind, Set<ObjectName>> lastChanges(SourceUnderTest following) {
        return following.observer.policyUpdates().getLast().policies().names();
    }

    private static boolean labelled(PolicyState state, String pod) {
        return !pod(state, pod).labels().isEmpty();
    }

    private static PolicyPod pod(PolicyState state, String pod) {
        return java.util.Objects.requireNonNull(state.pods().get(name(pod)));
    }

    private static ObjectName name(String name) {
        return new ObjectName("default", name);
    }
}
