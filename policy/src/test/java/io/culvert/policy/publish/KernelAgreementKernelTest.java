// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.maps.datapath.PolicyAnswer;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import io.culvert.policy.Oracle;
import io.culvert.policy.PlanEvaluator;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.RandomCluster;
import io.culvert.policy.RuleId;
import io.culvert.policy.Traffic;
import io.culvert.policy.Verdict;
import io.culvert.testkit.KernelTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Of random clusters ([ClusterPlay]) the objects themselves, the plan and the kernel give the same verdicts for the
/// same
/// reasons by the same rules.
@KernelTest
final class KernelAgreementKernelTest {

    private static final List<Traffic> TRAFFIC = Stream.of(
                    "tcp/0", "tcp/53", "tcp/80", "tcp/444", "tcp/65535", "udp/53", "udp/80", "sctp/80", "icmp")
            .map(Traffic::of)
            .toList();

    @Test
    void objectsPlanAndKernelAgree() {
        ClusterPlay.play(Node::new, Verdict.Reason.values());
    }

    private static final class Node implements ClusterPlay.Node<Verdict.Reason> {

        private final PinnedPolicies pinned = new PinnedPolicies();

        @Override
        public void restart() {
            pinned.reopen();
        }

        @Override
        public void close() {
            pinned.close();
        }

        @Override
        public void check(PolicyInputs inputs, Consumer<Verdict.Reason> reasons) {
            PolicyPlan plan = PolicyCompiler.compile(inputs);
            assertThat(pinned.current().publish(plan, EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);
            Map<Integer, RuleId> rules = new HashMap<>();
            pinned.current().publication().rules().forEach((rule, number) -> rules.put(number, rule));
            PlanEvaluator evaluator = new PlanEvaluator(plan);
            Oracle oracle = new Oracle(inputs);
            for (PolicyPod pod : inputs.pods()) {
                LocalPod local = plan.localPods().get(pod.name());
                if (local == null) {
                    continue;
                }
                for (IpAddress peer : peers(inputs)) {
                    Optional<IpAddress> own = local.owned().stream()
                            .filter(address -> address.isV4() == peer.isV4())
                            .findFirst();
                    if (own.isEmpty()
                            || (pod.addresses().contains(peer) && !local.owned().contains(peer))) {
                        continue;
                    }
                    for (Direction direction : Direction.values()) {
                        for (Traffic traffic : TRAFFIC) {
                            Verdict wanted = oracle.verdict(pod, direction, peer, traffic.protocol(), traffic.port());
                            Verdict planned =
                                    evaluator.verdict(pod.name(), direction, peer, traffic.protocol(), traffic.port());
                            Verdict found = ask(own.get(), direction, peer, traffic, rules);
                            reasons.accept(wanted.reason());
                            assertThat(List.of(planned, found))
                                    .as("%s %s %s %s", pod.name(), direction, peer, traffic)
                                    .containsOnly(wanted);
                        }
                    }
                }
            }
        }

        private Verdict ask(
                IpAddress own, Direction direction, IpAddress peer, Traffic traffic, Map<Integer, RuleId> rules) {
            boolean egress = direction == Direction.EGRESS;
            PolicyAnswer answer = pinned.datapath()
                    .policies()
                    .ask(new PolicyQuestion(
                            egress, egress ? own : peer, egress ? peer : own, traffic.protocol(), traffic.port()));
            return new Verdict(
                    answer.allowed(), Verdict.Reason.valueOf(answer.reason().name()), rules.get(answer.rule()));
        }

        private static Set<IpAddress> peers(PolicyInputs inputs) {
            Set<IpAddress> peers = new TreeSet<>(RandomCluster.OUTSIDE);
            inputs.pods().forEach(pod -> peers.addAll(pod.addresses()));
            inputs.nodes().forEach(node -> peers.addAll(node.addresses()));
            return peers;
        }
    }
}
