// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.egress;
import static io.culvert.policy.Written.ingress;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.policy;
import static io.culvert.policy.Written.tcp;
import static io.culvert.policy.Written.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Rows C1: isolation, rules, peers. Ports are in [PortRowsTest].
class NetworkPolicyRowsTest {

    private static final String OUTSIDE = "203.0.113.7";
    private static final String NODE = "192.168.0.1";

    private final TestCluster cluster = TestCluster.upstream().put(TestCluster.node("n1", "", NODE));

    @Test
    void C1_01_aPodThatNoPolicySelectsIsOpen() {
        cluster.put(ingress("x/p", "pod=a"));

        assertThat(cluster.verdict("x/b", Direction.INGRESS, OUTSIDE, "tcp/80"))
                .isEqualTo(new Verdict(true, Verdict.Reason.DEFAULT, null));
    }

    @Test
    void C1_02_aPodThatIsIsolatedForIngressTakesOnlyWhatARuleAllows() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(tcp(80))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isTrue();
        assertThat(cluster.verdict("x/a", Direction.INGRESS, OUTSIDE, "tcp/81"))
                .isEqualTo(new Verdict(false, Verdict.Reason.ISOLATED, null));
    }

    @Test
    void C1_03_isolationForEgressLeavesIngressAlone() {
        cluster.put(egress("x/p", "pod=a"));

        assertThat(cluster.egress("x/a", OUTSIDE, "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isTrue();
    }

    @Test
    void C1_04_typesFollowFromTheRulesWhereNoneAreGiven() {
        cluster.put(policy("x/p", "pod=a", Set.of(), List.of(), List.of()));
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isFalse();
        assertThat(cluster.egress("x/a", OUTSIDE, "tcp/80")).isTrue();

        cluster.put(policy("x/p", "pod=a", Set.of(), List.of(), List.of(allow().ports(tcp(81)))));
        assertThat(cluster.egress("x/a", OUTSIDE, "tcp/80")).isFalse();
        assertThat(cluster.egress("x/a", OUTSIDE, "tcp/81")).isTrue();
    }

    @Test
    void C1_05_anIngressSectionMeansNothingToATypeOfEgress() {
        cluster.put(policy("x/p", "pod=a", Set.of(Direction.EGRESS), List.of(allow().ports(tcp(80))), List.of()));

        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/81")).isTrue();
    }

    @Test
    void C1_06_aTypeWithoutRulesAllowsNothing() {
        cluster.put(ingress("x/p", ""));

        assertThat(cluster.ingress("x/a", "y/a", "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "icmp")).isFalse();
    }

    @Test
    void C1_07_C1_08_C1_09_C4_10_C4_11_anEmptyRuleAllowsEveryoneAndEveryProtocol() {
        cluster.put(ingress("x/p", "", allow()));

        for (String peer : List.of("y/a", NODE, OUTSIDE, "2001:db8::7")) {
            for (String traffic : List.of("tcp/80", "udp/0", "sctp/65535", "icmp")) {
                assertThat(cluster.ingress("x/a", peer, traffic)).isTrue();
            }
        }
    }

    @Test
    void C1_09_C4_10_aRuleWithPortsIsNotForOtherProtocols() {
        cluster.put(ingress("x/p", "", allow().ports(tcp(0, 65535), udp(53))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "icmp")).isFalse();
    }

    @Test
    void C1_10_peerAndPortMustBothMatch() {
        cluster.put(ingress(
                "x/p", "pod=a", allow().peers(pods("pod=b"), pods("pod=c")).ports(tcp(80), udp(53))));

        assertThat(cluster.ingress("x/a", "x/b", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "x/c", "udp/53")).isTrue();
        assertThat(cluster.ingress("x/a", "x/b", "tcp/53")).isFalse();
        assertThat(cluster.ingress("x/a", "y/b", "tcp/80")).isFalse();
    }

    @Test
    void C1_11_rulesAndPoliciesAddUp() {
        cluster.put(
                ingress("x/p", "", allow().peers(pods("pod=b")).ports(tcp(80)), allow().ports(tcp(443))),
                ingress("x/q", "pod=a", allow().peers(pods("pod=b")).ports(tcp(81))));

        for (int port : List.of(80, 81, 443)) {
            assertThat(cluster.ingress("x/a", "x/b", "tcp/" + port)).isTrue();
        }
        assertThat(cluster.ingress("x/a", "x/b", "tcp/82")).isFalse();
        assertThat(cluster.ingress("x/a", "x/c", "tcp/81")).isFalse();
        assertThat(cluster.ingress("x/a", "x/c", "tcp/443")).isTrue();
    }

    @Test
    void C1_12_bothEndsMustAllow() {
        cluster.put(egress("x/out", "pod=a", allow().peers(namespaces("ns=y"))), ingress("y/in", "pod=b"));

        cluster.blocks("tcp/80", "x/a -> *", "!x/a -> y/*", "* -> y/b");
    }

    @Test
    void C1_13_theEmptySelectorSelectsEveryPodOfTheNamespaceAlsoLaterOnes() {
        cluster.put(ingress("x/p", ""));
        cluster.put(PodDraft.named("x/new").at("10.0.1.9", "fd00::1:9"));

        cluster.blocks("tcp/80", "* -> x/*");
    }

    @Test
    void C1_14_C1_18_aPodSelectorMeansPodsOfThePolicysNamespace() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods(""))));

        assertThat(cluster.ingress("x/a", "x/b", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "y/a", "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/a", NODE, "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isFalse();
    }

    @Test
    void C1_15_C1_19_anEmptyNamespaceSelectorMeansAllPodsAndNobodyElse() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces(""))));

        assertThat(cluster.ingress("x/a", "z/c", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", NODE, "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isFalse();
    }

    @Test
    void C1_16_C1_17_selectorsOfOneElementAreBothMeantAndElementsAreAlternatives() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("ns=y", "pod=b"), pods("pod=c"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/b -> x/a", "!x/c -> x/a");
    }

    @Test
    void C1_20_expressionsOfEveryKind() {
        cluster.put(cluster.draft("x/b").labels("pod=b,tier=web"));
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("tier notin (db),!cache,pod in (b,c)"))));
        cluster.blocks("tcp/80", "* -> x/a", "!x/b -> x/a", "!x/c -> x/a");

        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("tier,pod=b"))));
        cluster.blocks("tcp/80", "* -> x/a", "!x/b -> x/a");
    }

    @Test
    void C1_21_everyNamespaceHasItsNameAsALabelAlsoOneThatIsNotKnown() {
        cluster.put(PodDraft.named("late/a").at("10.0.9.1", "fd00::9:1"));
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces("kubernetes.io/metadata.name=late"))));

        cluster.blocks("tcp/80", "* -> x/a", "!late/a -> x/a");
    }

    @Test
    void C1_22_aBlockMeansPodsAndNodesToo() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(ipBlock("10.0.2.1/32"), ipBlock("192.168.0.0/24"))));

        assertThat(cluster.ingress("x/a", "y/a", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", NODE, "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "y/b", "tcp/80")).isFalse();
    }

    @Test
    void C1_23_anExceptionIsTakenOutOfItsOwnBlockOnly() {
        cluster.put(ingress(
                "x/p",
                "pod=a",
                allow().peers(ipBlock("10.0.0.0/8", "10.0.2.0/24")).ports(tcp(80)),
                allow().peers(ipBlock("10.0.2.1/32", "10.0.0.0/8"), ipBlock("10.0.2.2/31"))
                        .ports(tcp(81))));

        assertThat(cluster.ingress("x/a", "z/a", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "y/b", "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/a", "y/b", "tcp/81")).isTrue();
        assertThat(cluster.ingress("x/a", "y/a", "tcp/81"))
                .as("all of it excepted")
                .isFalse();
    }

    @Test
    void C1_22_aBlockHoldsWhatALongerBlockOfAnotherRuleHolds() {
        cluster.put(ingress(
                "x/p",
                "pod=a",
                allow().peers(ipBlock("10.0.0.0/8")).ports(tcp(80)),
                allow().peers(ipBlock("10.0.2.0/24")).ports(tcp(81))));

        assertThat(cluster.ingress("x/a", "y/a", "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "z/a", "tcp/81")).isFalse();
    }

    @Test
    void C1_24_blocksAreOfOneFamily() {
        cluster.put(
                ingress("x/p", "pod=a", allow().peers(ipBlock("0.0.0.0/0"))),
                ingress("x/q", "pod=b", allow().peers(ipBlock("::/0"))));

        assertThat(cluster.ingress("x/a", OUTSIDE, "tcp/80")).isTrue();
        assertThat(cluster.ingress("x/a", "2001:db8::7", "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/b", OUTSIDE, "tcp/80")).isFalse();
        assertThat(cluster.ingress("x/b", "2001:db8::7", "tcp/80")).isTrue();
    }

    @Test
    void C1_42_whatIsNotKnownAllowsNothingAndTheIsolationStays() {
        cluster.put(ingress(
                "x/p",
                "pod=a",
                allow().peers(new PolicyPeer.Unknown("peer \"service\" is not known")),
                allow().ports(new PolicyPort.Unknown("protocol \"QUIC\" is not known")),
                allow().peers(new PolicyPeer.Unknown("peer \"service\" is not known"), pods("pod=b"))));

        cluster.blocks("tcp/80", "* -> x/a", "!x/b -> x/a");
        assertThat(cluster.plan().warnings())
                .extracting(PolicyWarning::message)
                .containsExactly(
                        "ingress[0]: peer \"service\" is not known; it allows nothing",
                        "ingress[1]: protocol \"QUIC\" is not known; it allows nothing",
                        "ingress[2]: peer \"service\" is not known; it allows nothing");
    }

    @Test
    void C1_44_aPolicyThatSelectsNobodyDoesNothing() {
        cluster.put(ingress("x/p", "pod=none"));

        cluster.blocks("tcp/80");
        assertThat(cluster.plan().sets()).hasSize(1);
        assertThat(cluster.plan().warnings()).isEmpty();
    }
}
