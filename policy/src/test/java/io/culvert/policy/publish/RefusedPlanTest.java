// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A plan that does not fit takes nothing from those after it, whoever refuses it.
class RefusedPlanTest {

    private static final int SETS = 20;

    private final ModelTarget maps = new ModelTarget(SETS, new ModelTarget.Between() {
        @Override
        public void writes() {}

        @Override
        public void programsEnd() {}
    });

    private final Publisher publisher = new Publisher(maps, () -> 1);

    /// Too many rules are found out while numbers are given, too many pods when all are given.
    @ParameterizedTest
    @CsvSource({"200, 1", "4, 50"})
    void ofALimit(int rules, int pods) {
        leavesRoomForOthers(() -> assertThat(publisher.publish(plan(rules, pods), EndpointFacts.NONE))
                .isInstanceOf(PublishResult.Refused.class));
    }

    @ParameterizedTest
    @CsvSource({"200, 1", "4, 50"})
    void ofTheKernel(int rules, int pods) {
        maps.growthRefused = true;
        leavesRoomForOthers(() -> assertThatThrownBy(() -> publisher.publish(plan(rules, pods), EndpointFacts.NONE))
                .isInstanceOf(ModelTarget.RefusedGrowth.class));
    }

    /// Of twelve ports that are far from each other.
    @Test
    void ofTheKernelWhereAnIndexMustGrow() {
        maps.growthRefused = true;
        PolicyPlan many = plan(1, 1, ports(12));
        leavesRoomForOthers(() -> assertThatThrownBy(() -> publisher.publish(many, EndpointFacts.NONE))
                .isInstanceOf(ModelTarget.RefusedGrowth.class));
        assertThat(publisher.publish(plan(1, 1, ports(7)), EndpointFacts.NONE))
                .isInstanceOf(PublishResult.Published.class);
    }

    private static List<PolicyPort> ports(int count) {
        return IntStream.range(0, count)
                .<PolicyPort>mapToObj(i -> PolicyPort.Range.single(Protocol.TCP, 1 + 5000 * i))
                .toList();
    }

    private void leavesRoomForOthers(Runnable tooLarge) {
        assertThat(publisher.publish(plan(3, 1), EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);
        List<Object> content = maps.content();

        for (int i = 0; i < 2 * SETS; i++) {
            tooLarge.run();
            assertThat(maps.content()).isEqualTo(content);
        }

        assertThat(publisher.publish(plan(5, 1), EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);
    }

    /// @param pods of this node, all of which all policies select
    private static PolicyPlan plan(int rules, int pods) {
        return plan(rules, pods, List.of());
    }

    private static PolicyPlan plan(int rules, int pods, List<PolicyPort> ports) {
        List<PolicyPod> all = IntStream.range(0, pods)
                .mapToObj(i -> new PolicyPod(
                        new ObjectName("x", "pod" + i),
                        "u" + i,
                        Instant.EPOCH,
                        Map.of(),
                        List.of(IpAddress.ofV4(0x0a010002 + i)),
                        false,
                        false,
                        Set.of(),
                        "n1"))
                .toList();
        List<NetworkPolicy> policies = IntStream.range(0, rules)
                .mapToObj(i -> new NetworkPolicy(
                        new ObjectName("x", "p" + i),
                        LabelSelector.EVERYTHING,
                        Set.of(Direction.INGRESS),
                        List.of(new NetworkPolicyRule(List.of(), ports)),
                        List.of()))
                .toList();
        Set<ObjectName> local = all.stream().map(PolicyPod::name).collect(Collectors.toSet());
        return PolicyCompiler.compile(new PolicyInputs(List.of(), all, List.of(), policies, List.of(), local));
    }
}
