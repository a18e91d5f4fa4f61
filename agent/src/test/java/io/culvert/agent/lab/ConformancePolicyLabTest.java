// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.ClusterPolicyText.everyPod;
import static io.culvert.agent.lab.ClusterPolicyText.namedPort;
import static io.culvert.agent.lab.ClusterPolicyText.namespace;
import static io.culvert.agent.lab.ClusterPolicyText.networks;
import static io.culvert.agent.lab.ClusterPolicyText.pairs;
import static io.culvert.agent.lab.ClusterPolicyText.pod;
import static io.culvert.agent.lab.ClusterPolicyText.policy;
import static io.culvert.agent.lab.ClusterPolicyText.protocol;
import static io.culvert.cluster.policy.Direction.EGRESS;
import static io.culvert.cluster.policy.Direction.INGRESS;
import static io.culvert.cluster.policy.PolicyTier.ADMIN;
import static io.culvert.cluster.policy.PolicyTier.BASELINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.lab.ClusterPolicyText.Rule;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.ReachTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The conformance tests of ClusterNetworkPolicy (network-policy-api, v1alpha2), but for those of [TierLabTest]: real
/// agents and manifests, in both families, and through ClusterIPs where upstream dials pods. Their gryffindor, which is
/// protected, are pods x/a and x/b here, one routed and one on a bridge; ravenclaw is namespace y, slytherin z, and
/// hufflepuff pod x/c. Rules are swapped in the policy that is there.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class ConformancePolicyLabTest {

    private static final List<String> PROTOCOLS = List.of("tcp", "udp", "sctp");
    private static final String Y = namespace("y");
    private static final String Z = namespace("z");
    private static final String C = pod("x/c");
    private static final String NODES = "{nodes: {}}";
    private static final String ALL_NETWORKS = "{networks: [0.0.0.0/0, \"::/0\"]}";
    private static final List<Integer> NODE_PORTS = List.of(8081, 8082);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofMillis(200);

    private static PolicyLab lab;

    @BeforeAll
    static void create() {
        lab = PolicyLab.create();
        for (LabNode node : lab.lab().nodes()) {
            NODE_PORTS.forEach(node.sockets()::serve);
        }
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @TestFactory
    Stream<DynamicTest> D3_01_to_D3_06_adminRulesOfOneProtocol() {
        return ofEachDirectionAndProtocol(1, ADMIN);
    }

    @Test
    void D3_07_adminRulesOfBothDirectionsAndAllProtocols() {
        play(ADMIN, List.of(Direction.values()), PROTOCOLS);
    }

    @TestFactory
    Stream<DynamicTest> D3_11_to_D3_16_baselineRulesOfOneProtocol() {
        return ofEachDirectionAndProtocol(11, BASELINE);
    }

    @Test
    void D3_17_baselineRulesOfBothDirectionsAndAllProtocols() {
        play(BASELINE, List.of(Direction.values()), PROTOCOLS);
    }

    private static Stream<DynamicTest> ofEachDirectionAndProtocol(int first, PolicyTier tier) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Direction direction : List.of(INGRESS, EGRESS)) {
            for (String protocol : PROTOCOLS) {
                String row = "D3-%02d".formatted(first + tests.size());
                tests.add(DynamicTest.dynamicTest(row, () -> play(tier, List.of(direction), List.of(protocol))));
            }
        }
        return tests.stream();
    }

    /// The order of rules, and ports: z is denied 80 alone, and x/c accepted at 81 alone.
    private static void play(PolicyTier tier, List<Direction> directions, List<String> protocols) {
        lab.reset();
        String[] at80 = ports(protocols, 80);
        List<Rule> rules = new ArrayList<>(List.of(
                Rule.of("Accept", Y),
                Rule.of("Deny", Y),
                Rule.of("Pass", Y),
                Rule.of("Deny", Z, at80),
                Rule.of("Pass", Z, at80),
                Rule.of("Accept", C, ports(protocols, 81)),
                Rule.of("Deny", C)));
        enforce(tier, directions, rules);
        blocks(directions, protocols, 80, "z/*", "x/c");
        blocks(directions, protocols, 81);
        List<String> others =
                PROTOCOLS.stream().filter(one -> !protocols.contains(one)).toList();
        blocks(directions, others, 80, "x/c");

        Collections.swap(rules, 0, 1);
        enforce(tier, directions, rules);
        blocks(directions, protocols, 80, "y/*", "z/*", "x/c");
        blocks(directions, protocols, 81, "y/*");

        Collections.swap(rules, 0, 2);
        enforce(tier, directions, rules);
        blocks(directions, protocols, 80, "z/*", "x/c");

        Collections.swap(rules, 3, 4);
        enforce(tier, directions, rules);
        blocks(directions, protocols, 80, "x/c");
        blocks(directions, protocols, 81);
    }

    private static String[] ports(List<String> protocols, int port) {
        return protocols.stream()
                .map(protocol -> protocol(protocol + "/" + port))
                .toArray(String[]::new);
    }

    private static void enforce(PolicyTier tier, List<Direction> directions, List<Rule> rules) {
        lab.enforce(policy(
                tier, 20, "rules", directions.stream().collect(Collectors.toMap(Function.identity(), _ -> rules))));
    }

    private static void enforce(PolicyTier tier, Direction direction, Rule... rules) {
        enforce(tier, List.of(direction), List.of(rules));
    }

    /// @param peers of which no subject may reach one, or be reached, by these directions
    private static void blocks(List<Direction> directions, List<String> protocols, int port, String... peers) {
        String[] pairs = directions.stream()
                .flatMap(direction -> pairs(direction, peers))
                .toArray(String[]::new);
        protocols.forEach(protocol -> lab.awaitBlocked(protocol + "/" + port, pairs));
    }

    /// The network of one pod within those of all.
    @ParameterizedTest
    @CsvSource({"D3_08 of the Admin tier, ADMIN", "D3_18 of the Baseline, BASELINE"})
    void networksAsPeers(String row, PolicyTier tier) {
        lab.reset();
        LabPod one = lab.pod("y/b");
        Rule accept = Rule.of("Accept", ALL_NETWORKS);
        Rule deny = Rule.of("Deny", networks(one.ip(IpFamily.IPV4), one.ip(IpFamily.IPV6)));
        Rule rest = Rule.of("Deny", everyPod());
        List<String> sockets = List.of("tcp", "udp");
        enforce(tier, EGRESS, deny, accept, rest);
        blocks(List.of(EGRESS), sockets, 80, "y/b");

        enforce(tier, EGRESS, accept, deny, rest);
        blocks(List.of(EGRESS), sockets, 80);

        enforce(tier, EGRESS, deny, rest);
        blocks(List.of(EGRESS), sockets, 80, "*");
    }

    /// Port `web` is 80 of pods called a, and 81 of others.
    @ParameterizedTest
    @CsvSource({"D3_19 of the Admin tier, ADMIN", "D3_22 of the Baseline, BASELINE"})
    void namedPortsOfEgress(String row, PolicyTier tier) {
        lab.reset();
        enforce(tier, EGRESS, Rule.of("Accept", Z, namedPort("serve-80-tcp")), Rule.of("Deny", Z));
        lab.awaitBlocked("tcp/80");
        blocks(List.of(EGRESS), List.of("tcp"), 81, "z/*");
        blocks(List.of(EGRESS), List.of("udp"), 80, "z/*");

        enforce(tier, EGRESS, Rule.of("Accept", Z, namedPort("web")), Rule.of("Deny", Z));
        blocks(List.of(EGRESS), List.of("tcp"), 80, "z/b", "z/c");
        blocks(List.of(EGRESS), List.of("tcp"), 81, "z/a");
    }

    @ParameterizedTest
    @CsvSource({"D3_21 of the Admin tier, ADMIN", "D3_24 of the Baseline, BASELINE"})
    void namedPortsOfIngress(String row, PolicyTier tier) {
        lab.reset();
        enforce(tier, INGRESS, Rule.of("Accept", Z, namedPort("web")), Rule.of("Deny", Z));
        lab.awaitBlocked("tcp/80", "z/* -> x/b");
        lab.awaitBlocked("tcp/81", "z/* -> x/a");
        lab.awaitBlocked("udp/80", "z/* -> x/a", "z/* -> x/b");
    }

    /// Host processes of both nodes: each subject is on one of these. Rules about nodes are about no pods.
    @ParameterizedTest
    @CsvSource({"D3_20 of the Admin tier, ADMIN", "D3_23 of the Baseline, BASELINE"})
    void nodesAsPeers(String row, PolicyTier tier) {
        lab.reset();
        awaitNodesReached(List.of("tcp/8081", "tcp/8082", "udp/8081", "udp/8082"));

        enforce(
                tier,
                EGRESS,
                Rule.of("Accept", NODES, protocol("tcp/8081")),
                Rule.of("Pass", NODES, protocol("udp/8081")),
                Rule.of("Deny", NODES));
        awaitNodesReached(List.of("tcp/8081", "udp/8081"));
        lab.awaitBlocked("tcp/80");

        enforce(tier, EGRESS, Rule.of("Deny", NODES));
        awaitNodesReached(List.of());
    }

    /// @param open what both subjects reach at both nodes, of two ports by TCP and UDP
    private static void awaitNodesReached(List<String> open) {
        List<ReachTarget> targets = new ArrayList<>();
        List<Optional<String>> wanted = new ArrayList<>();
        for (LabNode node : lab.lab().nodes()) {
            for (IpFamily family : IpFamily.values()) {
                for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                    for (int port : NODE_PORTS) {
                        boolean isOpen = open.contains(protocol.name().toLowerCase(Locale.ROOT) + "/" + port);
                        targets.add(new ReachTarget(protocol, node.ip(family), port));
                        wanted.add(isOpen ? Optional.of(node.name()) : Optional.empty());
                    }
                }
            }
        }
        for (String subject : ClusterPolicyText.SUBJECTS) {
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .untilAsserted(() -> assertThat(lab.pod(subject).sockets().reach(targets, QUIET))
                            .as(subject)
                            .isEqualTo(wanted));
        }
    }
}
