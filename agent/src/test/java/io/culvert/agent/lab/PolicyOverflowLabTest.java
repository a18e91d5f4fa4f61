// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.maps.PolicyBlock;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.fakeapi.Resource;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.Load;
import io.culvert.testkit.lab.LoadKind;
import io.culvert.testkit.lab.LoadReport;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.ReachTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A policy that is enforced becomes larger than one of its maps: what was enforced stays, whoever should know is told,
/// and a smaller version is enforced again. Maps are small, and cannot grow, because larger ones cannot be pinned: the
/// bpf file system is mounted read-only meanwhile.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
final class PolicyOverflowLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SILENCE = Duration.ofMillis(200);
    private static final int PORT = 8080;
    private static final int FEW = 16;
    private static final int SOME = 64;

    /// Small enough, each for one of the tests below and for no other.
    private static final Map<String, Integer> ENTRIES = Map.of(
            "endpoints",
            SOME,
            "policy_sets",
            FEW,
            "policy_rules",
            2 * SOME,
            "policy_steps",
            8 * SOME,
            "policy_peers",
            SOME,
            "policy_cidrs",
            SOME,
            "policy_hosts",
            SOME / 2,
            "policy_blocks",
            PolicyBlock.BLOCKS + 4 * PolicyBlock.ENTRIES,
            "policy_prefixes",
            FEW);

    private static Lab lab;
    private static LabNode node;
    private static LabApiServer server;
    private static LabAgent agent;

    @BeforeAll
    static void create() throws IOException {
        server = new LabApiServer();
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "other", "web")
                .create();
        node = lab.node("n1");
        lab.pod("web").sockets().serve(PORT);
        server.put("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
        server.put(LabObjects.all(lab));
        IntStream.range(0, FEW)
                .mapToObj(i -> pod("many" + i, "app: many", "n1", "10.244.1." + (100 + i), 9000 + i))
                .forEach(server::put);
        IntStream.range(0, 2 * SOME)
                .mapToObj(i -> pod("team" + i, "team: t" + i, "n9", "10.244.9." + (1 + i), 9000))
                .forEach(server::put);
        server.put(guarded(from("client")));
        Files.createDirectories(node.bpffs());
        node.script("mount -t bpf bpf " + node.bpffs());
        // The agent takes maps as it finds them.
        Datapath.open(DatapathConfig.of(node.bpffs()).withEntries(ENTRIES)).close();
        agent = server.agentOn(node).launch().awaitReady();
        awaitNoMoreRemovals();
        node.script("mount -o remount,bind,ro " + node.bpffs());
        awaitLetIn("client");
    }

    /// A program that is needed only where connections are counted goes when it is known that nobody counts.
    private static void awaitNoMoreRemovals() {
        await().atMost(PATIENCE).until(() -> {
            try (Stream<Path> links = Files.list(node.bpffs().resolve("links"))) {
                return links.noneMatch(link -> link.toString().endsWith("_release"));
            }
        });
    }

    @AfterAll
    static void remove() {
        lab.close();
        server.close();
    }

    private static String pod(String name, String label, String nodeName, String address, int web) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, uid: u-%s, labels: {%s}}
                spec: {nodeName: %s, containers: [{name: main, ports: [{name: web, containerPort: %d}]}]}
                status: {phase: Running, podIPs: [{ip: %s}]}
                """.formatted(name, name, label, nodeName, web, address);
    }

    private static String guarded(String... rules) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: guarded, namespace: default}
                spec:
                  podSelector: {matchExpressions: [{key: app, operator: In, values: [web, many]}]}
                  policyTypes: [Ingress]
                  ingress: [%s]
                """.formatted(String.join(", ", rules));
    }

    private static String from(String pod) {
        return "{from: [{podSelector: {matchLabels: {app: " + pod + "}}}]}";
    }

    private static String fromBlocks(int count, IntFunction<String> block) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{ipBlock: {cidr: \"" + block.apply(i) + "\"}}")
                .collect(Collectors.joining(", ", "{from: [", "]}"));
    }

    /// The map that a policy is too large for, and what makes it so.
    static Stream<Arguments> tooLarge() {
        return Stream.of(
                // Each of many pods has another number by this name.
                Arguments.of("policy_sets", "{ports: [{port: web}]}"),
                Arguments.of(
                        "policy_rules",
                        IntStream.range(0, 2 * SOME)
                                .mapToObj(_ -> from("other"))
                                .collect(Collectors.joining(", "))),
                Arguments.of(
                        "policy_steps",
                        IntStream.range(0, 8 * SOME)
                                .mapToObj(i -> "{port: " + (10_000 + 2 * i) + "}")
                                .collect(Collectors.joining(", ", "{ports: [", "]}"))),
                Arguments.of(
                        "policy_peers", "{from: [{podSelector: {matchExpressions: [{key: team, operator: Exists}]}}]}"),
                Arguments.of("policy_cidrs", fromBlocks(SOME, i -> "100.64.0." + 2 * i + "/31")),
                Arguments.of("policy_hosts", fromBlocks(SOME / 3, i -> "100.64.0." + i + "/32")),
                Arguments.of("policy_blocks", fromBlocks(8, i -> "100." + (64 + i) + ".1.0/24")),
                Arguments.of("policy_prefixes", fromBlocks(FEW - 4, i -> "fd99:" + i + "::/64")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tooLarge")
    void whatWasEnforcedStaysUntilThereIsLess(String map, String rules) {
        server.put(guarded(from("client")));
        awaitLetIn("client");
        awaitMetric("culvert_policy_refused", 0);
        int epoch = metric("culvert_policy_epoch");
        int failures = metric("culvert_policy_failures_total");
        int told = refusals("NetworkPolicy", "guarded").size();
        List<Load> loads = Stream.of(IpFamily.values())
                .map(family -> Dial.to(lab.pod("web").ip(family), PORT).within(Duration.ofSeconds(2)))
                .map(dial -> lab.pod("client").sockets().load(LoadKind.FRESH, dial, 1, Duration.ofMillis(20)))
                .toList();

        server.put(guarded(from("other"), rules));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(problems())
                        .singleElement()
                        .asString()
                        .containsPattern("error: .*" + map + ".*Read-only file system \\(EROFS\\)"));
        awaitMetric("culvert_policy_refused", 1);
        assertThat(metric("culvert_policy_failures_total")).isGreaterThan(failures);
        Load.awaitRounds(loads, 10, PATIENCE);
        assertThat(whoGetsIn()).as("neither more nor less than before").containsExactly("client");
        assertThat(metric("culvert_policy_epoch")).as("nothing is published").isEqualTo(epoch);
        assertThat(loads)
                .map(Load::stop)
                .allSatisfy(report -> assertThat(report).returns(List.of(), LoadReport::errors));
        assertThat(agent.verb("policy", "list")).containsPattern("guarded .*error: .*" + map);
        assertThat(refusals("NetworkPolicy", "guarded").stream().skip(told))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.at("/involvedObject/apiVersion").asText()).isEqualTo("networking.k8s.io/v1");
                    assertThat(event.at("/involvedObject/namespace").asText()).isEqualTo("default");
                    assertThat(event.at("/type").asText()).isEqualTo("Warning");
                    assertThat(problems().getFirst())
                            .contains(event.at("/message").asText());
                });

        server.put(guarded(from("other")));

        awaitLetIn("other");
        awaitMetric("culvert_policy_refused", 0);
        assertThat(problems()).isEmpty();
        assertThat(metric("culvert_policy_epoch")).isNotEqualTo(epoch);
        assertThat(refusals("NetworkPolicy", "guarded")).hasSize(told + 1);
        assertThat(agent.log()).doesNotContain("\tat ");
    }

    /// Where no policy was changed the node is told. The agent tries again every five seconds.
    @Test
    void theSameRefusalIsToldOnce() {
        server.put(guarded(from("client")));
        awaitLetIn("client");
        int failures = metric("culvert_policy_failures_total");
        String addresses =
                IntStream.range(0, SOME).mapToObj(i -> "10.244.3." + i).collect(Collectors.joining("}, {ip: "));

        server.put(pod("large", "app: many", "n1", addresses, PORT));

        await().atMost(PATIENCE).until(() -> metric("culvert_policy_failures_total") >= failures + 2);
        assertThat(whoGetsIn()).containsExactly("client");
        assertThat(refusals("Node", "n1"))
                .singleElement()
                .satisfies(event -> assertThat(event.at("/message").asText()).contains("endpoints", "EROFS"));
        server.delete(Resource.PODS, "default", "large");
        awaitMetric("culvert_policy_refused", 0);
        assertThat(whoGetsIn()).containsExactly("client");
    }

    private static List<JsonNode> refusals(String kind, String name) {
        return server.events(kind, name).stream()
                .filter(event -> event.at("/reason").asText().equals("FailedToEnforcePolicy"))
                .toList();
    }

    private static List<String> problems() {
        return agent.verb("status")
                .lines()
                .dropWhile(line -> !line.startsWith("Problems:"))
                .filter(line -> !line.matches("Problems: +none"))
                .toList();
    }

    private static void awaitMetric(String name, int value) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(metric(name)).as(name).isEqualTo(value));
    }

    private static int metric(String name) {
        String metrics = node.exec(
                        "python3",
                        "-c",
                        "import urllib.request;"
                                + "print(urllib.request.urlopen('http://127.0.0.1:10249/metrics').read().decode())")
                .orThrow();
        Matcher line = Pattern.compile("(?m)^" + name + " (\\d+)(\\.0)?$").matcher(metrics);
        assertThat(line.find()).as(name).isTrue();
        return Integer.parseInt(line.group(1));
    }

    private static void awaitLetIn(String pod) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(whoGetsIn()).containsExactly(pod));
    }

    /// Pods that connect, `pod IPV4` of one that does in that family only.
    private static List<String> whoGetsIn() {
        return Stream.of("client", "other").flatMap(PolicyOverflowLabTest::ways).toList();
    }

    private static Stream<String> ways(String pod) {
        List<IpFamily> families = List.of(IpFamily.values());
        List<Optional<String>> answers = lab.pod(pod)
                .sockets()
                .reach(
                        families.stream()
                                .map(family -> new ReachTarget(
                                        Protocol.TCP, lab.pod("web").ip(family), PORT))
                                .toList(),
                        SILENCE);
        if (answers.stream().allMatch(Optional::isPresent)) {
            return Stream.of(pod);
        }
        return IntStream.range(0, families.size())
                .filter(i -> answers.get(i).isPresent())
                .mapToObj(i -> pod + " " + families.get(i));
    }
}
