// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.cluster.policy.PolicyTier.ADMIN;
import static io.culvert.cluster.policy.PolicyTier.BASELINE;
import static io.culvert.policy.RuleDraft.accept;
import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.RuleDraft.deny;
import static io.culvert.policy.RuleDraft.pass;
import static io.culvert.policy.Written.any;
import static io.culvert.policy.Written.egress;
import static io.culvert.policy.Written.ingress;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.named;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.nodes;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.Protocol;
import io.culvert.policy.Verdict.Reason;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Rows D1 and D2.
class ClusterNetworkPolicyRowsTest {

    private static final PolicyPeer.SelectedPods X = namespaces("ns=x");
    private static final PolicyPeer.SelectedPods Y = namespaces("ns=y");
    private static final PolicyPeer ALL = namespaces("");

    /// Rules of a list, peers and protocols of a rule.
    private static final int MOST = 25;

    private final TestCluster cluster = TestCluster.upstream();

    @Test
    void D1_04_theSubjectIsSelectedByNamespaceAndPod() {
        cluster.put(ingress(ADMIN, 1, "p", pods("ns in (x,y)", "pod=a"), deny().peers(ALL)));

        cluster.blocks("tcp/80", "* -> x/a", "* -> y/a");
    }

    @Test
    void D1_04_D2_15_emptySelectorsSelectAllPodsButThoseInTheNodesNetwork() {
        for (PolicyPeer.SelectedPods subject : List.of(namespaces(""), pods("", ""))) {
            cluster.put(ingress(ADMIN, 1, "p", subject, deny().peers(ALL)));
            cluster.blocks("tcp/80", "*");
        }

        cluster.put(PodDraft.named("y/host").at("192.168.0.1").inHostNetwork());
        assertThat(cluster.plan().localPods()).hasSize(9).doesNotContainKey(new ObjectName("y", "host"));
    }

    @Test
    void D1_05_D1_08_D1_14_theLastOfAsManyAsThereMayBe() {
        PolicyPeer[] peers = IntStream.rangeClosed(1, MOST)
                .mapToObj(i -> i < MOST ? namespaces("ns=none" + i) : Y)
                .toArray(PolicyPeer[]::new);
        PolicyPort[] ports =
                IntStream.rangeClosed(1, MOST).mapToObj(i -> tcp(2 * i)).toArray(PolicyPort[]::new);
        RuleDraft[] rules = IntStream.rangeClosed(1, MOST)
                .mapToObj(i -> i < MOST
                        ? accept().peers(Y).ports(tcp(1_000 + i))
                        : deny().peers(peers).ports(ports))
                .toArray(RuleDraft[]::new);
        cluster.put(ingress(ADMIN, 1, "p", X, rules));

        cluster.blocks("tcp/" + 2 * MOST, "y/* -> x/*");
        cluster.blocks("tcp/" + (2 * MOST - 1));
        cluster.blocks("tcp/" + (1_000 + MOST - 1));
    }

    @Test
    void D1_09_aPolicyWithoutRulesDoesNothing() {
        cluster.put(ingress(ADMIN, 1, "p", X));

        cluster.blocks("tcp/80");
        assertThat(cluster.plan().sets()).hasSize(1);
    }

    @Test
    void D1_08_peersOfARuleAreAlternatives() {
        cluster.put(ingress(ADMIN, 1, "p", X, deny().peers(Y, pods("", "pod=c"))));

        cluster.blocks("tcp/80", "y/* -> x/*", "*/c -> x/*");
    }

    @Test
    void D1_14_protocolsAreNumbersRangesAndAll() {
        cluster.put(ingress(ADMIN, 1, "p", X, deny().peers(ALL).ports(tcp(80), tcp(90, 99), any(Protocol.UDP))));

        cluster.blocks("tcp/80", "* -> x/*");
        cluster.blocks("tcp/95", "* -> x/*");
        cluster.blocks("udp/5353", "* -> x/*");
        cluster.blocks("tcp/81");
        cluster.blocks("icmp");
    }

    @Test
    void D1_11_networksMeanEveryProtocolAndPodsInThem() {
        cluster.put(egress(ADMIN, 1, "p", X, deny().peers(ipBlock("10.0.2.0/24"), ipBlock("fd00::2:0/112"))));

        cluster.blocks("tcp/80", "x/* -> y/*");
        cluster.blocks("icmp", "x/* -> y/*");
    }

    @Test
    void C1_42_D1_15_aRuleThatIsNotUnderstoodAcceptsNothingAndDeniesEverything() {
        PolicyPeer unknown = new PolicyPeer.Unknown("peer \"domainNames\" is not known");
        cluster.put(
                ingress(BASELINE, 1, "base", namespaces(""), deny().peers(ALL).ports(tcp(81))));
        cluster.put(
                ingress(ADMIN, 1, "accept", X, accept().peers(unknown, ALL)),
                ingress(
                        ADMIN,
                        1,
                        "pass",
                        Y,
                        pass().peers(Y).ports(new PolicyPort.Unknown("protocol \"quic\" is not known"))),
                ingress(ADMIN, 1, "none", namespaces("ns=z"), deny()));

        cluster.blocks("tcp/81", "*");
        cluster.blocks("tcp/80", "* -> y/*", "* -> z/*");
        assertThat(cluster.plan().warnings())
                .extracting(PolicyWarning::message)
                .contains(
                        "ingress[0]: peer \"domainNames\" is not known; the rule accepts nothing",
                        "ingress[0]: protocol \"quic\" is not known; the rule denies everything",
                        "ingress[0]: it has no peers; the rule denies everything");
    }

    @Test
    void D1_03_ofEqualPrioritiesTheOldestComesFirstThenTheName() {
        cluster.put(
                ingress(ADMIN, 5, "b", X, deny().peers(ALL)),
                ingress(ADMIN, 5, "a", X, accept().peers(ALL).ports(tcp(80))));
        cluster.blocks("tcp/80");

        cluster.put(aged("a", 2, accept()), aged("b", 1, deny()));
        cluster.blocks("tcp/80", "* -> x/*");
        assertThat(cluster.plan().warnings())
                .containsExactly(new PolicyWarning(
                        new ObjectName("", "a"),
                        "priority 5 is also that of b, which is asked first because it is older; "
                                + "give them different priorities"));
    }

    @Test
    void D1_03_D2_01_theLowestPriorityComesFirstAndThenTheOrderOfRules() {
        cluster.put(
                ingress(ADMIN, 20, "a", X, accept().peers(ALL)),
                ingress(ADMIN, 10, "b", X, accept().peers(Y).ports(tcp(80)), deny().peers(Y, ipBlock("10.0.2.1/32"))));

        cluster.blocks("tcp/80");
        cluster.blocks("tcp/81", "y/* -> x/*");
    }

    @Test
    void D1_05_D2_01_theFirstRuleDecidesAlsoBetweenBlocksAndSelectors() {
        cluster.put(
                egress(ADMIN, 1, "p", X, accept().peers(ipBlock("10.0.2.1/32")), deny().peers(Y)),
                egress(ADMIN, 1, "q", namespaces("ns=z"), deny().peers(Y), accept().peers(ipBlock("10.0.2.1/32"))));

        assertThat(cluster.egress("x/a", "10.0.2.1", "tcp/80")).isTrue();
        assertThat(cluster.egress("x/a", "10.0.2.2", "tcp/80")).isFalse();
        assertThat(cluster.egress("z/a", "10.0.2.1", "tcp/80")).isFalse();
    }

    @Test
    void D2_02_acceptOverridesNetworkPolicyAndBaseline() {
        cluster.put(ingress("x/deny", ""));
        cluster.put(ingress(ADMIN, 1, "p", X, accept().peers(Y)));

        cluster.blocks("tcp/80", "* -> x/*", "!y/* -> x/*");
        assertThat(cluster.verdict("x/a", Direction.INGRESS, "y/a", "tcp/80"))
                .isEqualTo(new Verdict(
                        true, Reason.ADMIN, new RuleId(Stage.ADMIN, new ObjectName("", "p"), Direction.INGRESS, 0)));
    }

    @Test
    void D2_03_denyOverridesNetworkPolicy() {
        cluster.put(ingress("x/allow", "", allow()));
        cluster.put(ingress(ADMIN, 1, "p", X, deny().peers(Y)));

        cluster.blocks("tcp/80", "y/* -> x/*");
    }

    @Test
    void D2_04_passLeavesTheTier() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(Y)));
        cluster.put(ingress(ADMIN, 1, "p", X, pass().peers(Y), deny().peers(ALL)));
        cluster.put(ingress(ADMIN, 2, "q", X, deny().peers(ALL)));

        cluster.blocks("tcp/80", "* -> x/*", "!y/* -> x/*");
    }

    @Test
    void D2_05_D2_06_aPodThatIsIsolatedNeverSeesTheBaseline() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(Y)), ingress("x/q", "pod=b"));
        cluster.put(ingress(BASELINE, 1, "p", X, deny().peers(Y), accept().peers(ALL)));

        cluster.blocks("tcp/80", "* -> x/a", "!y/* -> x/a", "* -> x/b", "y/* -> x/c");
    }

    @Test
    void D2_07_aPassOfTheBaselineAllows() {
        cluster.put(ingress(BASELINE, 1, "p", X, pass().peers(Y), deny().peers(ALL)));

        cluster.blocks("tcp/80", "* -> x/*", "!y/* -> x/*");
    }

    @Test
    void D2_07_isolationInOneDirectionLeavesTheBaselineOfTheOther() {
        cluster.put(egress("x/p", "", allow()));
        cluster.put(ingress(BASELINE, 1, "p", X, deny().peers(ALL)));

        cluster.blocks("tcp/80", "* -> x/*");
    }

    @Test
    void D2_08_whatNoRuleMatchesIsAllowed() {
        cluster.put(ingress(ADMIN, 1, "p", X, deny().peers(Y).ports(tcp(80))));

        assertThat(cluster.verdict("x/a", Direction.INGRESS, "203.0.113.7", "tcp/80"))
                .isEqualTo(new Verdict(true, Reason.DEFAULT, null));
        cluster.blocks("tcp/81");
    }

    @Test
    void D2_09_bothEndsMustAllow() {
        cluster.put(egress(ADMIN, 1, "p", X, accept().peers(ALL)), ingress(ADMIN, 1, "q", Y, deny().peers(X)));

        cluster.blocks("tcp/80", "x/* -> y/*");
    }

    @Test
    void D2_13_aPodThatTalksToItselfIsSubjectToClusterPolicies() {
        cluster.put(ingress("x/p", ""));
        assertThat(cluster.ingress("x/a", "x/a", "tcp/80")).isTrue();

        cluster.put(ingress(ADMIN, 1, "p", X, deny().peers(X)));
        assertThat(cluster.ingress("x/a", "x/a", "tcp/80")).isFalse();
    }

    @Test
    void D2_15_podsInTheNodesNetworkAreNeitherSubjectsNorPeers() {
        cluster.put(TestCluster.node("n1", "", "192.168.0.1"));
        cluster.put(PodDraft.named("y/host").labels("pod=a").at("192.168.0.1").inHostNetwork());
        cluster.put(ingress(ADMIN, 1, "p", X, deny().peers(Y)));

        assertThat(cluster.ingress("x/a", "192.168.0.1", "tcp/80")).isTrue();
    }

    @Test
    void D1_12_D2_17_nodesMeansEveryAddressOfTheNodesSelected() {
        cluster.put(TestCluster.node("n1", "role=cp", "192.168.0.1", "203.0.113.1", "fd01::1"));
        cluster.put(TestCluster.node("n2", "", "192.168.0.2"));
        cluster.put(egress(ADMIN, 1, "p", X, deny().peers(nodes("role=cp"))));

        for (String address : List.of("192.168.0.1", "203.0.113.1", "fd01::1")) {
            assertThat(cluster.egress("x/a", address, "tcp/6443")).isFalse();
        }
        assertThat(cluster.egress("x/a", "192.168.0.2", "tcp/6443")).isTrue();
    }

    @Test
    void D2_18_aNamedPortIsThatOfTheDestinationWhateverItsProtocol() {
        cluster.put(cluster.draft("y/a").port("dns", Protocol.UDP, 53));
        cluster.put(cluster.draft("y/b").port("dns", Protocol.TCP, 5353));
        cluster.put(egress(ADMIN, 1, "out", X, deny().peers(Y).ports(named("dns"))));
        cluster.put(ingress(ADMIN, 1, "in", Y, deny().peers(namespaces("ns=z")).ports(named("dns"))));

        cluster.blocks("udp/53", "x/* -> y/a", "z/* -> y/a");
        cluster.blocks("tcp/5353", "x/* -> y/b", "z/* -> y/b");
        cluster.blocks("tcp/53");
    }

    private static ClusterNetworkPolicy aged(String name, long created, RuleDraft rule) {
        return new ClusterNetworkPolicy(
                name,
                Instant.ofEpochSecond(created),
                ADMIN,
                5,
                X,
                List.of(rule.peers(ALL).clustered()),
                List.of());
    }
}
