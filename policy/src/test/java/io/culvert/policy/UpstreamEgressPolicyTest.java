// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.any;
import static io.culvert.policy.Written.egress;
import static io.culvert.policy.Written.ingress;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.policy;
import static io.culvert.policy.Written.port;
import static io.culvert.policy.Written.tcp;
import static io.culvert.policy.Written.udp;

import io.culvert.cluster.policy.Direction;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The NetworkPolicy tests of Kubernetes' own e2e suite (test/e2e/network/netpol, 1.36), by their numbers in the list
/// of behaviour rows, part 2: from 22.
class UpstreamEgressPolicyTest {

    private static final Set<Direction> BOTH = Set.of(Direction.INGRESS, Direction.EGRESS);

    private final TestCluster cluster = TestCluster.upstream();

    @Test
    void C6_22_updatedPodLabels() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod2=updated"))));
        cluster.blocks("tcp/80", "* -> x/a");

        cluster.put(cluster.draft("x/b").labels("pod=b,pod2=updated"));
        cluster.blocks("tcp/80", "* -> x/a", "!x/b -> x/a");
    }

    @Test
    void C6_23_notFromPodsOfOtherNamespaces() {
        cluster.put(ingress("x/p", "", allow().peers(pods(""))));

        cluster.blocks("tcp/80", "y/* -> x/*", "z/* -> x/*");
    }

    @Test
    void C6_24_noIngressToAnUpdatedPod() {
        cluster.put(ingress("x/p", "target=isolated"));
        cluster.blocks("tcp/80");

        cluster.put(cluster.draft("x/a").labels("pod=a,target=isolated"));
        cluster.blocks("tcp/80", "* -> x/a");
    }

    @Test
    void C6_25_noEgressByPodSelector() {
        cluster.put(egress("x/p", "pod=a"));

        cluster.blocks("tcp/80", "x/a -> *");
    }

    @Test
    void C6_26_noEgressOfANamespace() {
        cluster.put(egress("x/p", ""));

        cluster.blocks("tcp/80", "x/* -> *");
    }

    @Test
    void C6_27_ingressAndEgressInOnePolicy() {
        cluster.put(
                policy("x/p", "pod=a", BOTH, List.of(allow().peers(pods("pod=b"))), List.of(allow().ports(tcp(80)))));

        cluster.blocks("tcp/80", "* -> x/a", "!x/b -> x/a");
        cluster.blocks("tcp/81", "* -> x/a", "!x/b -> x/a", "x/a -> *");
    }

    @Test
    void C6_28_denyOnTheClientsSideAlthoughTheServerAllows() {
        cluster.put(egress("x/p", "pod=a", allow().peers(pods("ns=y", "pod=a"))));
        cluster.put(
                ingress("y/a", "pod=a", allow().peers(pods("ns=x", "pod=a"))),
                ingress("y/b", "pod=b", allow().peers(pods("ns=x", "pod=a"))));

        cluster.blocks("tcp/80", "x/a -> *", "* -> y/a", "* -> y/b", "!x/a -> y/a");
    }

    @Test
    void C6_29_egressToAServerOfAnotherNamespaceByBothSelectors() {
        cluster.put(egress("x/p", "pod=a", allow().peers(pods("ns=y", "pod=a"))));

        cluster.blocks("tcp/80", "x/a -> *", "!x/a -> y/a");
    }

    @Test
    void C6_30_anyPortOfAProtocol() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(any(Protocol.TCP))));

        cluster.blocks("tcp/80");
        cluster.blocks("tcp/81");
        cluster.blocks("udp/80", "* -> x/a");
    }

    @Test
    void C6_31_ingressAllowAllWins() {
        cluster.put(ingress("x/p80", "", allow().ports(tcp(80))));
        cluster.blocks("tcp/81", "* -> x/*");

        cluster.put(ingress("x/all", "", allow()));
        cluster.blocks("tcp/81");
    }

    @Test
    void C6_32_egressAllowAllWins() {
        cluster.put(egress("x/p80", "", allow().ports(tcp(80))));
        cluster.blocks("tcp/81", "x/* -> *");

        cluster.put(egress("x/all", "", allow()));
        cluster.blocks("tcp/81");
    }

    @Test
    void C6_33_C5_05_nothingIsEnforcedAfterTheLastPolicyIsDeleted() {
        cluster.put(policy("x/deny", "", BOTH, List.of(), List.of()));
        cluster.blocks("tcp/80", "* -> x/*", "x/* -> *");

        cluster.removePolicies().blocks("tcp/80");
    }

    @Test
    void C6_34_egressToAServerByItsBlock() {
        cluster.put(egress("x/p", "pod=a", allow().peers(ipBlock("10.0.2.2/32"), ipBlock("fd00::2:2/128"))));

        cluster.blocks("tcp/80", "x/a -> *", "!x/a -> y/b");
    }

    @Test
    void C6_35_exceptClause() {
        cluster.put(egress(
                "x/p",
                "pod=a",
                allow().peers(ipBlock("10.0.1.0/24", "10.0.1.2/32"), ipBlock("fd00::1:0/112", "fd00::1:2/128"))));

        cluster.blocks("tcp/80", "x/a -> *", "!x/a -> x/c");
    }

    @Test
    void C6_36_C1_23_overlapOfABlockAndAnExceptionIsAllowed() {
        RuleDraft around =
                allow().peers(ipBlock("10.0.1.0/24", "10.0.1.2/32"), ipBlock("fd00::1:0/112", "fd00::1:2/128"));
        cluster.put(egress("x/p", "pod=a", around));
        cluster.blocks("tcp/80", "x/a -> *", "!x/a -> x/c");

        cluster.put(egress("x/p", "pod=a", around, allow().peers(ipBlock("10.0.1.2/32"), ipBlock("fd00::1:2/128"))));
        cluster.blocks("tcp/80", "x/a -> *", "!x/a -> x/b", "!x/a -> x/c");
    }

    @Test
    void C6_37_C1_03_ingressAndEgressAreControlledIndependently() {
        cluster.put(egress("x/out", "pod=a", allow()));
        cluster.blocks("tcp/80");

        cluster.put(ingress("x/in", "pod=a"));
        cluster.blocks("tcp/80", "* -> x/a");
    }

    @Test
    void C6_38_sctpIsNotTcp() {
        cluster.put(ingress("x/deny", ""), ingress("x/sctp", "pod=a", allow().ports(port(Protocol.SCTP, 81))));

        cluster.blocks("tcp/81", "* -> x/*");
        cluster.blocks("sctp/81", "* -> x/b", "* -> x/c");
    }

    @Test
    void C6_39_C1_40_aPolicyOfSctpIsolates() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(port(Protocol.SCTP, 80))));

        cluster.blocks("tcp/80", "* -> x/a");
        cluster.blocks("sctp/80");
    }

    @Test
    void C6_40_C1_41_udpOnly() {
        cluster.put(ingress("x/p", "pod=a", allow().ports(udp(81))));

        cluster.blocks("tcp/81", "* -> x/a");
        cluster.blocks("udp/81");
    }

    @Test
    void C6_41_defaultLabelOfNamespaces() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces("kubernetes.io/metadata.name=y"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/* -> x/a");
    }

    @Test
    void C6_42_defaultLabelOfNamespacesWithExpressions() {
        cluster.put(egress("x/p", "pod=a", allow().peers(namespaces("kubernetes.io/metadata.name notin (y)"))));

        cluster.blocks("tcp/80", "x/a -> y/*");
    }
}
