// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A cluster that a test writes down, and what may connect in it. Every answer is the plan's; that the oracle gives the
/// same one is checked each time.
final class TestCluster {

    private final Map<String, Namespace> namespaces = new TreeMap<>();
    private final Map<ObjectName, PolicyPod> pods = new TreeMap<>();
    private final Map<String, PolicyNode> nodes = new TreeMap<>();
    private final Map<ObjectName, NetworkPolicy> policies = new TreeMap<>();
    private final Map<String, ClusterNetworkPolicy> clusterPolicies = new TreeMap<>();
    private @Nullable PolicyPlan plan;

    /// Namespaces x, y, z with the label `ns`, and in each the pods a, b, c with the label `pod`, as the upstream tests
    /// have them. Pod x/a has 10.0.1.1 and fd00::1:1, x/b 10.0.1.2, y/a 10.0.2.1.
    static TestCluster upstream() {
        TestCluster cluster = new TestCluster();
        for (int n = 1; n <= 3; n++) {
            String namespace = "?xyz".substring(n, n + 1);
            cluster.put(new Namespace(namespace, Map.of("ns", namespace)));
            for (int p = 1; p <= 3; p++) {
                String name = "?abc".substring(p, p + 1);
                cluster.put(PodDraft.named(namespace + "/" + name)
                        .labels("pod=" + name)
                        .at("10.0." + n + "." + p, "fd00::" + n + ":" + p)
                        .port("serve-80-tcp", 80)
                        .port("serve-81-tcp", 81));
            }
        }
        return cluster;
    }

    TestCluster put(Namespace namespace) {
        namespaces.put(namespace.name(), namespace);
        return changed();
    }

    TestCluster put(PodDraft draft) {
        PolicyPod pod = draft.pod();
        pods.put(pod.name(), pod);
        return changed();
    }

    TestCluster put(PolicyNode node) {
        nodes.put(node.name(), node);
        return changed();
    }

    TestCluster put(NetworkPolicy... all) {
        Stream.of(all).forEach(policy -> policies.put(policy.name(), policy));
        return changed();
    }

    TestCluster put(ClusterNetworkPolicy... all) {
        Stream.of(all).forEach(policy -> clusterPolicies.put(policy.name(), policy));
        return changed();
    }

    TestCluster removePolicies() {
        policies.clear();
        clusterPolicies.clear();
        return changed();
    }

    PolicyPod pod(String name) {
        return Objects.requireNonNull(pods.get(Written.objectName(name)), name);
    }

    /// A pod to be changed and put again.
    PodDraft draft(String name) {
        return new PodDraft(pod(name));
    }

    PolicyInputs inputs() {
        return new PolicyInputs(
                List.copyOf(namespaces.values()),
                List.copyOf(pods.values()),
                List.copyOf(nodes.values()),
                List.copyOf(policies.values()),
                List.copyOf(clusterPolicies.values()),
                pods.keySet());
    }

    PolicyPlan plan() {
        PolicyPlan known = plan;
        if (known == null) {
            known = PolicyCompiler.compile(inputs());
            plan = known;
        }
        return known;
    }

    /// One end's answer.
    ///
    /// @param peer an address, or a pod, whose first address is meant
    /// @param traffic `tcp/80`, `udp/53`, `sctp/9003`, `icmp`
    Verdict verdict(String pod, Direction direction, String peer, String traffic) {
        IpAddress address = peer.contains("/") ? pod(peer).addresses().getFirst() : IpAddress.of(peer);
        return verdict(pod(pod), direction, address, Traffic.of(traffic));
    }

    boolean ingress(String pod, String peer, String traffic) {
        return verdict(pod, Direction.INGRESS, peer, traffic).allowed();
    }

    boolean egress(String pod, String peer, String traffic) {
        return verdict(pod, Direction.EGRESS, peer, traffic).allowed();
    }

    /// Checks which pairs of different pods cannot connect, in both families.
    ///
    /// @param pairs `x/a -> y/b`, with `*` for any; one that begins with `!` is taken out again
    void blocks(String traffic, String... pairs) {
        for (int family = 0; family < 2; family++) {
            assertThat(blocked(Traffic.of(traffic), family))
                    .as("blocked %s, family %s", traffic, family)
                    .isEqualTo(pairs(pairs));
        }
    }

    private Set<String> blocked(Traffic traffic, int family) {
        return pairs().filter(pair -> !connects(pair[0], pair[1], traffic, family))
                .map(pair -> pair[0].name() + " -> " + pair[1].name())
                .collect(Collectors.toSet());
    }

    private boolean connects(PolicyPod from, PolicyPod to, Traffic traffic, int family) {
        Verdict out = verdict(from, Direction.EGRESS, to.addresses().get(family), traffic);
        Verdict in = verdict(to, Direction.INGRESS, from.addresses().get(family), traffic);
        return out.allowed() && in.allowed();
    }

    private Verdict verdict(PolicyPod pod, Direction direction, IpAddress peer, Traffic traffic) {
        Verdict verdict =
                new PlanEvaluator(plan()).verdict(pod.name(), direction, peer, traffic.protocol(), traffic.port());
        assertThat(verdict)
                .as("oracle: %s %s %s %s", pod.name(), direction, peer, traffic)
                .isEqualTo(new Oracle(inputs()).verdict(pod, direction, peer, traffic.protocol(), traffic.port()));
        return verdict;
    }

    private Set<String> pairs(String... patterns) {
        return pairs().map(pair -> pair[0].name() + " -> " + pair[1].name())
                .filter(pair -> {
                    boolean in = false;
                    for (String pattern : patterns) {
                        boolean out = pattern.startsWith("!");
                        String regex = pattern.substring(out ? 1 : 0).replace("*", ".*");
                        in = pair.matches(regex) ? !out : in;
                    }
                    return in;
                })
                .collect(Collectors.toSet());
    }

    private Stream<PolicyPod[]> pairs() {
        return pods.values().stream()
                .flatMap(from -> pods.values().stream()
                        .filter(to -> !to.name().equals(from.name()))
                        .map(to -> new PolicyPod[] {from, to}));
    }

    private TestCluster changed() {
        plan = null;
        return this;
    }

    static PolicyNode node(String name, String labels, String... addresses) {
        return new PolicyNode(
                name,
                Written.selector(labels).matchLabels(),
                Stream.of(addresses).map(IpAddress::of).toList());
    }
}
