// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.fakeapi.Resource;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.ReachTarget;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A policy that is enforced gets a version that is wrong, and is put right again: in a manifest, for the agent of
/// node n1, and at an API server, which the agent of node n2 follows. The good version lets in pod client, the
/// wrong one would let in pod other, the last one all. Policy free, of other pods, changes meanwhile.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
final class BadPolicyLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SILENCE = Duration.ofMillis(200);
    private static final int PORT = 8080;
    private static final String NONE = "# none\n";
    private static final String GUARDED = "guarded";

    private static Lab lab;
    private static LabApiServer server;
    private static LabAgent byManifest;
    private static LabAgent byServer;
    private static String letIntoFree = "other";

    @BeforeAll
    static void create() {
        server = new LabApiServer();
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "other", "web1", "free1")
                .node("n2", PodAttachment.BRIDGED, "web2", "free2")
                .create();
        List.of("web1", "free1", "web2", "free2")
                .forEach(pod -> lab.pod(pod).sockets().serve(PORT));
        LabNode n1 = lab.node("n1");
        n1.writeManifest("objects.yaml", LabObjects.all(lab));
        server.put(LabObjects.all(lab));
        server.put("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
        byManifest = new LabAgent(n1).launch();
        byServer = server.agentOn(lab.node("n2")).launch();
        byManifest.awaitReady();
        byServer.awaitReady();
    }

    @AfterAll
    static void remove() {
        lab.close();
        server.close();
    }

    private static String object(Resource kind, String name, String spec) {
        return "{kind: %s, apiVersion: %s, metadata: {name: %s%s}, spec: {%s}}\n"
                .formatted(
                        kind.kind(),
                        kind == Resource.NETWORK_POLICIES
                                ? "networking.k8s.io/v1"
                                : "policy.networking.k8s.io/v1alpha2",
                        name,
                        kind == Resource.NETWORK_POLICIES ? ", namespace: default" : "",
                        spec);
    }

    private static void put(Resource kind, String name, String spec) {
        String object = object(kind, name, spec);
        byManifest.node().writeManifest(name + ".yaml", object);
        server.put(object);
    }

    private static void delete(Resource kind, String name) {
        byManifest.node().writeManifest(name + ".yaml", NONE);
        server.delete(kind, kind == Resource.NETWORK_POLICIES ? "default" : "", name);
    }

    /// The spec of a NetworkPolicy for pods whose name begins so.
    private static String ingress(String pods, String... rules) {
        return "podSelector: {matchExpressions: [{key: app, operator: In, values: [%s1, %s2]}]}, policyTypes: [Ingress], ingress: [%s]"
                .formatted(pods, pods, String.join(", ", rules));
    }

    private static String from(String pods) {
        return "{from: [{podSelector: {matchLabels: {" + pods + "}}}]}";
    }

    /// Policy free lets in another pod than before, and nobody else; both agents see to it.
    private static void changeFree() {
        letIntoFree = letIntoFree.equals("client") ? "other" : "client";
        put(Resource.NETWORK_POLICIES, "free", ingress("free", from("app: " + letIntoFree)));
        awaitLetIn("free1", letIntoFree);
        awaitLetIn("free2", letIntoFree);
    }

    private static void awaitLetIn(String to, String... pods) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(whoGetsInto(to)).as(to).containsExactly(pods));
    }

    /// @return pods that connect, `pod IPV4` of one that does in that family only
    private static List<String> whoGetsInto(String to) {
        return Stream.of("client", "other").flatMap(pod -> ways(pod, to)).toList();
    }

    private static Stream<String> ways(String from, String to) {
        List<IpFamily> families = List.of(IpFamily.values());
        List<Optional<String>> answers = lab.pod(from)
                .sockets()
                .reach(
                        families.stream()
                                .map(family -> new ReachTarget(
                                        Protocol.TCP, lab.pod(to).ip(family), PORT))
                                .toList(),
                        SILENCE);
        if (answers.stream().allMatch(Optional::isPresent)) {
            return Stream.of(from);
        }
        return IntStream.range(0, families.size())
                .filter(i -> answers.get(i).isPresent())
                .mapToObj(i -> from + " " + families.get(i));
    }

    /// Waits for one line of the status with what comes first, and returns it.
    private static String awaitTold(LabAgent agent, String about, String also) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(told(agent, about))
                        .singleElement()
                        .asString()
                        .contains(also));
        return told(agent, about).getFirst();
    }

    private static List<String> told(LabAgent agent, String about) {
        return agent.verb("status").lines().filter(line -> line.contains(about)).toList();
    }

    /// An element of a rule that is wrong: in a manifest the version with it does not count, of an object of an API
    /// server what is not wrong does.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            from: [{ipBlock: {cidr: 10.0.0.300/24}}]                      | from[0].ipBlock.cidr: "10.0.0.300/24" is not a CIDR
            from: [{ipBlock: {cidr: 10.0.0.0/24, except: [10.0.1.0/25]}}] | from[0].ipBlock.except[0]: 10.0.1.0/25 is not a part of 10.0.0.0/24
            from: [{ipBlock: {cidr: 10.0.0.0/24, except: [here]}}]        | from[0].ipBlock.except[0]: "here" is not a CIDR
            from: [{podSelector: {matchExpressions: [{key: app, operator: Near, values: [other]}]}}] | from[0].podSelector.matchExpressions[0].operator: "Near" is not an operator
            from: [{podSelector: {matchExpressions: [{key: app, operator: In}]}}] | from[0].podSelector.matchExpressions[0].values: is empty, which In cannot use
            from: [{}]                                                    | from[0].podSelector: is missing
            from: [{moon: full}]                                          | from[0].moon: is not a field that Culvert knows
            ports: [{port: 8090, endPort: 8080}]                          | ports[0].endPort: 8080 is below port 8090
            ports: [{port: 70000}]                                        | ports[0].port: 70000 is not a port
            ports: [{protocol: ICMP, port: 8080}]                         | ports[0].protocol: "ICMP" is not a protocol
            """)
    void anElementOfANetworkPolicy(String element, String reason) {
        becomesWrong(
                Resource.NETWORK_POLICIES,
                ingress("web", from("app: client")),
                ingress("web", from("app: other"), "{" + element + "}"),
                ingress("web", from("")),
                "spec.ingress[1]." + reason,
                "PolicyNotUnderstood",
                "other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            action: Accept, from: [{namespaces: {}, pods: {}}]                              | from[0].namespaces: must be there, or another kind of peer, and only one
            action: Accept, from: [{nodes: {}}]                                             | from[0].nodes: is not a field that Culvert knows
            action: Accept, from: [{networks: [0.0.0.0/0]}]                                 | from[0].networks: is not a field that Culvert knows
            action: Accept                                                                  | from: is empty
            action: Allow, from: [{namespaces: {}}]                                         | action: "Allow" is not an action
            action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {range: {start: 9, end: 8}}}}] | protocols[0].tcp.destinationPort.range.end: 8 is below start 9
            action: Accept, from: [{namespaces: {}}], protocols: [{icmp: {}}]               | protocols[0].icmp: is not a field that Culvert knows
            """)
    void anElementOfAClusterNetworkPolicy(String element, String reason) {
        becomesWrong(
                Resource.CLUSTER_NETWORK_POLICIES,
                admin(5, accept("client")),
                admin(5, accept("other"), "{" + element + "}"),
                admin(5, accept("client"), accept("other")),
                "spec.ingress[1]." + reason,
                "PolicyNotUnderstood",
                "other");
    }

    /// What is wrong outside of rules: the version before stays, whatever the source.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            podSelector: {matchExpressions: [{key: app, operator: Near, values: [web1, web2]}]} | podSelector.matchExpressions[0].operator: "Near" is not an operator
            podSelector: {matchFields: {app: web1}}                     | podSelector.matchFields: is not a field that Culvert knows
            podSelector: web                                            | podSelector: must be a mapping
            podSelector: {}, ingress: {from: [{podSelector: {}}]}       | ingress: must be a list
            """)
    void aNetworkPolicyAsAWhole(String spec, String reason) {
        becomesWrong(
                Resource.NETWORK_POLICIES,
                ingress("web", from("app: client")),
                spec,
                ingress("web", from("")),
                "spec." + reason,
                "PolicyRefused",
                "client");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tier: Admin, priority: 1001, subject: {namespaces: {}}           | priority: 1001 is not a priority
            tier: Root, priority: 5, subject: {namespaces: {}}               | tier: "Root" is not a tier
            tier: Admin, priority: 5, subject: {namespaces: {}, pods: {}}    | subject.namespaces: must be there
            """)
    void aClusterNetworkPolicyAsAWhole(String spec, String reason) {
        becomesWrong(
                Resource.CLUSTER_NETWORK_POLICIES,
                admin(5, accept("client")),
                spec,
                admin(5, accept("client"), accept("other")),
                "spec." + reason,
                "PolicyRefused",
                "client");
    }

    private static String admin(int priority, String... rules) {
        return "tier: Admin, priority: %d, subject: {pods: {namespaceSelector: {}, podSelector: %s}}, ingress: [%s, %s]"
                .formatted(
                        priority,
                        "{matchExpressions: [{key: app, operator: In, values: [web1, web2]}]}",
                        String.join(", ", rules),
                        "{action: Deny, from: [{namespaces: {}}]}");
    }

    private static String accept(String pod) {
        return "{action: Accept, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: %s}}}}]}"
                .formatted(pod);
    }

    /// @param reason what both agents must say of the bad version
    /// @param event the reason of the Event at the API server
    /// @param atServer whom the bad version lets in at the node whose agent follows the API server
    private static void becomesWrong(
            Resource kind, String good, String bad, String mended, String reason, String event, String atServer) {
        put(kind, GUARDED, good);
        awaitLetIn("web1", "client");
        awaitLetIn("web2", "client");
        int events = server.events(kind.kind(), GUARDED).size();

        put(kind, GUARDED, bad);

        String line = kind.kind() + (kind == Resource.NETWORK_POLICIES ? " default/" : " ") + GUARDED + ": " + reason;
        assertThat(awaitTold(byManifest, kind.kind() + " ", line)).containsPattern("error: .*guarded\\.yaml:1:\\d+: ");
        String atServerLine = awaitTold(byServer, kind.kind() + " ", line);
        // Who writes the same again is told nothing new.
        put(kind, GUARDED, bad + " ");
        changeFree();
        // Whoever has seen that change has seen the one before.
        awaitLetIn("web1", "client");
        awaitLetIn("web2", atServer);
        assertThat(logged(byManifest, line)).hasSize(1);
        assertThat(logged(byServer, line)).hasSize(1);
        List<JsonNode> told = server.events(kind.kind(), GUARDED);
        assertThat(told.subList(events, told.size())).singleElement().satisfies(one -> {
            assertThat(one.at("/reason").asText()).isEqualTo(event);
            assertThat(one.at("/type").asText()).isEqualTo("Warning");
            assertThat(atServerLine).endsWith(": " + one.at("/message").asText());
        });

        put(kind, GUARDED, mended);
        awaitLetIn("web1", "client", "other");
        awaitLetIn("web2", "client", "other");
        assertThat(byManifest.verb("status")).containsPattern("Problems: +none");
        assertThat(byServer.verb("status")).containsPattern("Problems: +none");
        assertThat(server.events(kind.kind(), GUARDED)).hasSize(events + 1);
        delete(kind, GUARDED);
    }

    private static List<String> logged(LabAgent agent, String line) {
        return agent.log()
                .lines()
                .filter(one -> one.contains(line) && !one.contains("resolved: "))
                .toList();
    }

    /// The longest name that an object may have is no mistake, nor is a selector of any size; a longer name is one.
    @Test
    void namesAndSelectorsAtTheirLimits() {
        String name = "n".repeat(253);
        String values = IntStream.range(0, 5_000).mapToObj(i -> "v" + i).collect(Collectors.joining(", "));
        String rule = "{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [client, %s]}]}}]}"
                .formatted(values);
        String large = object(Resource.NETWORK_POLICIES, name, ingress("web", rule));
        byManifest.node().writeManifest("guarded.yaml", large);
        server.put(large);
        awaitLetIn("web1", "client");
        awaitLetIn("web2", "client");

        // What the document is about is not known, so that the file keeps what it had.
        byManifest.node().writeManifest("guarded.yaml", large.replace(name, name + "n"));
        String told = awaitTold(byManifest, "guarded.yaml", "error: ");
        assertThat(told).contains("metadata.name", "is not an object name; use a-z, 0-9, - and .");
        changeFree();
        awaitLetIn("web1", "client");

        byManifest.node().writeManifest("guarded.yaml", NONE);
        server.delete(Resource.NETWORK_POLICIES, "default", name);
        awaitLetIn("web1", "client", "other");
        awaitLetIn("web2", "client", "other");
        assertThat(byManifest.verb("status")).containsPattern("Problems: +none");
    }
}
