// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.datapath.MapUse;
import io.culvert.net.IpAddress;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// More rules than counters: they are enforced, and it is said how many are not counted.
class UncountedRulesTest {

    private static final ObjectName POD = new ObjectName("x", "a");

    private final ModelTarget maps = new ModelTarget(100, new ModelTarget.Between() {
        @Override
        public void writes() {}

        @Override
        public void programsEnd() {}
    });

    @Test
    void rulesWithoutACounterAreEnforcedAndToldOf() {
        maps.counters = 6;
        Publisher publisher = new Publisher(maps, () -> 1);

        assertThat(publisher.publish(plan(8), EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);

        assertThat(publisher.uncounted()).isEqualTo(3);
        assertThat(publisher.use()).contains(new MapUse("rule_counters", 6, 6));
        PolicySetEntry set = maps.sets.stream()
                .filter(entry -> !entry.equals(PolicySetEntry.NONE))
                .findFirst()
                .orElseThrow();
        assertThat(maps.rules.subList(set.rules(), set.rules() + 8)).containsExactly(1, 2, 3, 4, 5, 0, 0, 0);

        assertThat(publisher.publish(plan(4), EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);
        assertThat(publisher.uncounted()).isZero();
    }

    private static PolicyPlan plan(int rules) {
        PolicyPod pod = new PolicyPod(
                POD, "u1", Instant.EPOCH, Map.of(), List.of(IpAddress.of("10.1.0.2")), false, false, Set.of(), "n1");
        List<NetworkPolicy> policies = IntStream.range(0, rules)
                .mapToObj(i -> new NetworkPolicy(
                        new ObjectName("x", "p" + i),
                        new LabelSelector(Map.of(), List.of()),
                        Set.of(Direction.INGRESS),
                        List.of(new NetworkPolicyRule(List.of(), List.of())),
                        List.of()))
                .toList();
        return PolicyCompiler.compile(
                new PolicyInputs(List.of(), List.of(pod), List.of(), policies, List.of(), Set.of(POD)));
    }
}
