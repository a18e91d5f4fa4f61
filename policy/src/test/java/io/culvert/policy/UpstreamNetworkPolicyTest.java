// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.egress;
import static io.culvert.policy.Written.ingress;
import static io.culvert.policy.Written.named;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.policy;
import static io.culvert.policy.Written.tcp;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.Namespace;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The NetworkPolicy tests of Kubernetes' own e2e suite (test/e2e/network/netpol, 1.36), by their numbers in the list
/// of behaviour rows, part 1: up to 21.
class UpstreamNetworkPolicyTest {

    private static final Set<Direction> BOTH = Set.of(Direction.INGRESS, Direction.EGRESS);

    private final TestCluster cluster = TestCluster.upstream();

    @Test
    void C6_01_defaultDenyIngress() {
        cluster.put(ingress("x/deny", ""));

        cluster.blocks("tcp/80", "* -> x/*");
    }

    @Test
    void C6_02_defaultDenyAll() {
        cluster.put(policy("x/deny", "", BOTH, List.of(), List.of()));

        cluster.blocks("tcp/80", "* -> x/*", "x/* -> *");
    }

    @Test
    void C6_03_fromPodsOfTheServersNamespaceByPodSelector() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=b"))));

        cluster.blocks("tcp/80", "* -> x/a", "!x/b -> x/a");
    }

    @Test
    void C6_04_ingressForOneTargetBesideDenyAll() {
        cluster.put(ingress("x/deny", ""), ingress("x/allow", "pod=a", allow()));

        cluster.blocks("tcp/80", "* -> x/b", "* -> x/c");
    }

    @Test
    void C6_05_fromPodsOfAllNamespaces() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces(""))));

        cluster.blocks("tcp/80");
    }

    @Test
    void C6_06_onlyFromADifferentNamespace() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces("ns=y"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/* -> x/a");
    }

    @Test
    void C6_07_podSelectorWithExpressions() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod in (b)"))));

        cluster.blocks("tcp/80", "* -> x/a", "!x/b -> x/a");
    }

    @Test
    void C6_08_namespaceSelectorWithExpressions() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces("ns in (y)"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/* -> x/a");
    }

    @Test
    void C6_09_podSelectorOrNamespaceSelector() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=b"), namespaces("ns notin (x)"))));

        cluster.blocks("tcp/80", "x/c -> x/a");
    }

    @Test
    void C6_10_podSelectorAndNamespaceSelector() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("ns notin (x)", "pod=b"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/b -> x/a", "!z/b -> x/a");
    }

    @Test
    void C6_11_severalPodSelectorsAndNamespaceSelectors() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("ns notin (x)", "pod in (b,c)"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/b -> x/a", "!y/c -> x/a", "!z/b -> x/a", "!z/c -> x/a");
    }

    @Test
    void C6_12_anyOfTwoPodSelectors() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("pod=b"), pods("pod=c"))));

        cluster.blocks("tcp/80", "* -> x/a", "!x/* -> x/a");
    }

    @Test
    void C6_13_aPodOfADifferentNamespaceByBothSelectors() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(pods("ns=y", "pod=a"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/a -> x/a");
    }

    @Test
    void C6_14_byPort() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces("ns=y")).ports(tcp(81))));

        cluster.blocks("tcp/81", "* -> x/a", "!y/* -> x/a");
        cluster.blocks("tcp/80", "* -> x/a");
    }

    @Test
    void C6_15_stackedPoliciesWithOverlappingSelectors() {
        cluster.put(ingress("x/p81", "pod=a", allow().peers(namespaces("ns=y")).ports(tcp(81))));
        cluster.blocks("tcp/80", "* -> x/a");
        cluster.blocks("tcp/81", "* -> x/a", "!y/* -> x/a");

        cluster.put(ingress("x/p80", "pod=a", allow().peers(namespaces("ns=y")).ports(tcp(80))));
        cluster.blocks("tcp/80", "* -> x/a", "!y/* -> x/a");
        cluster.blocks("tcp/81", "* -> x/a", "!y/* -> x/a");
    }

    @Test
    void C6_16_allowAll() {
        cluster.put(ingress("x/p", "", allow()));

        cluster.blocks("tcp/80");
        cluster.blocks("tcp/81");
    }

    @Test
    void C6_17_ingressOnOneNamedPort() {
        cluster.put(ingress("x/p", "", allow().ports(named(Protocol.TCP, "serve-81-tcp"))));

        cluster.blocks("tcp/81");
        cluster.blocks("tcp/80", "* -> x/*");
    }

    @Test
    void C6_18_ingressFromANamespaceOnOneNamedPort() {
        cluster.put(
                ingress("x/p", "pod=a", allow().peers(namespaces("ns=y")).ports(named(Protocol.TCP, "serve-80-tcp"))));

        cluster.blocks("tcp/80", "* -> x/a", "!y/* -> x/a");
        cluster.blocks("tcp/81", "* -> x/a");
    }

    @Test
    void C6_19_egressOnOneNamedPort() {
        cluster.put(egress("x/p", "", allow().ports(named(Protocol.TCP, "serve-80-tcp"))));

        cluster.blocks("tcp/80");
        cluster.blocks("tcp/81", "x/* -> *");
    }

    @Test
    void C6_20_anUpdatedPolicy() {
        cluster.put(ingress("x/p", "", allow()));
        cluster.blocks("tcp/81");

        cluster.put(ingress("x/p", ""));
        cluster.blocks("tcp/81", "* -> x/*");
    }

    @Test
    void C6_21_updatedNamespaceLabels() {
        cluster.put(ingress("x/p", "pod=a", allow().peers(namespaces("ns2=updated"))));
        cluster.blocks("tcp/80", "* -> x/a");

        cluster.put(new Namespace("y", Map.of("ns", "y", "ns2", "updated")));
        cluster.blocks("tcp/80", "* -> x/a", "!y/* -> x/a");
    }
}
