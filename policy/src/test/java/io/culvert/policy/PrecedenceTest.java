// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What comes before what, and what that costs. `-Dprecedence.seed=N` plays one cluster again.
class PrecedenceTest {

    private static final int CLUSTERS = 500;
    private static final List<PolicyPort> PORTS = List.of(
            Written.tcp(80),
            Written.tcp(443),
            Written.tcp(8000, 8100),
            Written.tcp(1, 1023),
            Written.udp(53),
            Written.any(Protocol.SCTP));

    /// Each port or range begins once and ends once.
    private static final int MOST_STEPS = 1 + 2 * PORTS.size();

    private static final List<PolicyPeer> PEERS = List.of(
            Written.namespaces(""),
            Written.namespaces("ns=x"),
            Written.pods("", "pod=a"),
            Written.pods("ns=y", "pod=b"),
            Written.ipBlock("0.0.0.0/0"),
            Written.ipBlock("10.0.0.0/8", "10.0.1.0/24"),
            Written.ipBlock("10.0.1.2/32"));

    /// A rule, and where its policy puts it.
    private record Placed(ClusterNetworkPolicy policy, int index) {

        static final Comparator<Placed> ORDER = Comparator.comparingInt((Placed one) -> one.policy.priority())
                .thenComparing(one -> one.policy.created())
                .thenComparing(one -> one.policy.name())
                .thenComparingInt(Placed::index);
    }

    @Test
    void D2_21_theRankOfARuleIsItsPlaceByPriorityAgeNameAndIndex() {
        long first = Long.getLong("precedence.seed", System.nanoTime());
        long ranked = 0;
        for (long seed = first; seed < first + CLUSTERS; seed++) {
            PolicyInputs inputs = new RandomCluster(seed).next();
            Map<String, ClusterNetworkPolicy> policies = inputs.clusterNetworkPolicies().stream()
                    .collect(Collectors.toMap(ClusterNetworkPolicy::name, Function.identity()));
            for (PolicySet set : PolicyCompiler.compile(inputs).sets()) {
                for (PolicyTier tier : PolicyTier.values()) {
                    List<Placed> rules = (tier == PolicyTier.ADMIN ? set.admin() : set.baseline())
                            .stream()
                                    .map(rule -> new Placed(
                                            requireNonNull(
                                                    policies.get(rule.policy().name())),
                                            rule.index()))
                                    .toList();
                    assertThat(rules)
                            .as("seed %d, %s", seed, tier)
                            .doesNotHaveDuplicates()
                            .allMatch(rule -> rule.policy().tier() == tier)
                            .isSortedAccordingTo(Placed.ORDER);
                    ranked += Math.max(0, rules.size() - 1);
                }
            }
        }
        assertThat(ranked).as("rules that come after others").isGreaterThan(CLUSTERS);
    }

    /// A program looks up one table by identity, one by class, and halves the steps of each: how many rules there are
    /// is
    /// not in it.
    @Test
    void D2_21_whatIsLookedUpDoesNotGrowWithTheRules() {
        long seed = Long.getLong("precedence.seed", System.nanoTime());
        for (int policies : List.of(1, 10, 100, 1_000)) {
            Random random = new Random(seed);
            TestCluster cluster = TestCluster.upstream();
            IntStream.range(0, policies).forEach(i -> cluster.put(policy(random, i)));
            PolicyInputs inputs = cluster.inputs();
            PolicyPlan plan = PolicyCompiler.compile(inputs);

            assertThat(plan.tables())
                    .as("seed %d, %d policies", seed, policies)
                    .allSatisfy(table -> assertThat(table.steps()).hasSizeLessThanOrEqualTo(MOST_STEPS));
            agrees(seed, inputs, plan, random);
        }
    }

    private static ClusterNetworkPolicy policy(Random random, int number) {
        RuleDraft[] rules = IntStream.range(0, 1 + random.nextInt(3))
                .mapToObj(_ -> new RuleDraft(
                        pick(random, List.of(PolicyAction.values())),
                        List.of(pick(random, PEERS)),
                        random.nextInt(4) == 0 ? List.of() : List.of(pick(random, PORTS))))
                .toArray(RuleDraft[]::new);
        return Written.ingress(
                pick(random, List.of(PolicyTier.values())),
                random.nextInt(1001),
                "p" + number,
                Written.pods("ns in (x,y)", ""),
                rules);
    }

    private static void agrees(long seed, PolicyInputs inputs, PolicyPlan plan, Random random) {
        Oracle oracle = new Oracle(inputs);
        PlanEvaluator evaluator = new PlanEvaluator(plan);
        for (int i = 0; i < 200; i++) {
            PolicyPod pod = pick(random, inputs.pods());
            IpAddress peer = random.nextInt(4) == 0
                    ? IpAddress.of("203.0.113.7")
                    : pick(random, inputs.pods()).addresses().getFirst();
            Traffic traffic = Traffic.of(
                    pick(random, List.of("tcp/80", "tcp/443", "tcp/8050", "tcp/22", "tcp/9000", "udp/53", "sctp/1")));
            assertThat(evaluator.verdict(pod.name(), Direction.INGRESS, peer, traffic.protocol(), traffic.port()))
                    .as("seed %d: %s from %s %s", seed, pod.name(), peer, traffic)
                    .isEqualTo(oracle.verdict(pod, Direction.INGRESS, peer, traffic.protocol(), traffic.port()));
        }
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
