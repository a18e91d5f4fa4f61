// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicyTables;
import io.culvert.maps.datapath.MapUse;
import io.culvert.maps.datapath.PolicyAnswer;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.RuleId;
import io.culvert.policy.Stage;
import io.culvert.testkit.KernelTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Policies that name many ports: what the program answers, and by what.
@KernelTest
final class PortIndexKernelTest {

    private static final ObjectName POD = new ObjectName("x", "a");
    private static final ObjectName POLICY = new ObjectName("x", "p");
    private static final IpAddress OWN = IpAddress.of("10.1.0.2");
    private static final IpAddress PEER = IpAddress.of("203.0.113.7");
    private static final int FIRST = 20_000;
    private static final List<Protocol> PROTOCOLS = List.of(Protocol.values());

    @AutoClose
    private final PinnedPolicies pinned = new PinnedPolicies();

    /// A rule for each of so many ports of a protocol, of which no two follow each other.
    private void publish(int ports) {
        List<NetworkPolicyRule> rules = new ArrayList<>();
        for (int i = 0; i < ports; i++) {
            rules.add(new NetworkPolicyRule(List.of(), List.of(PolicyPort.Range.single(protocol(i), FIRST + 2 * i))));
        }
        PolicyPod pod = new PolicyPod(POD, "u1", Instant.EPOCH, Map.of(), List.of(OWN), false, false, Set.of(), "n1");
        NetworkPolicy policy = new NetworkPolicy(
                POLICY, new LabelSelector(Map.of(), List.of()), Set.of(Direction.INGRESS), rules, List.of());
        PolicyInputs inputs = new PolicyInputs(
                List.of(), List.of(pod), List.of(), ports == 0 ? List.of() : List.of(policy), List.of(), Set.of(POD));
        assertThat(pinned.current().publish(PolicyCompiler.compile(inputs), EndpointFacts.NONE))
                .isInstanceOf(PublishResult.Published.class);
    }

    private static Protocol protocol(int rule) {
        return PROTOCOLS.get(rule % PROTOCOLS.size());
    }

    private PolicyAnswer ask(Protocol protocol, int port) {
        return pinned.datapath().policies().ask(new PolicyQuestion(false, PEER, OWN, protocol.number(), port));
    }

    private PolicyTables tables() {
        return pinned.datapath().maps().policies();
    }

    /// Of the only peer that there is: everybody.
    private PolicyPorts ports() {
        List<PolicyPorts> found = new ArrayList<>();
        tables().peers().forEach((_, ports) -> found.add(ports));
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private void eachPortIsLetInByItsRule(int ports) {
        Map<RuleId, Integer> numbers = pinned.current().publication().rules();
        for (int i = 0; i < ports; i += ports < 100 ? 1 : 17) {
            for (Protocol protocol : PROTOCOLS) {
                PolicyAnswer answer = ask(protocol, FIRST + 2 * i);
                assertThat(answer.allowed()).as("%s of rule %d", protocol, i).isEqualTo(protocol == protocol(i));
                if (answer.allowed()) {
                    RuleId rule = new RuleId(Stage.NETWORK_POLICY, POLICY, Direction.INGRESS, i);
                    assertThat(answer.rule()).isEqualTo(numbers.get(rule));
                }
                assertThat(ask(protocol, FIRST + 2 * i + 1).allowed())
                        .as("beside rule %d", i)
                        .isFalse();
            }
        }
        for (Protocol protocol : PROTOCOLS) {
            assertThat(List.of(
                            ask(protocol, 0).allowed(),
                            ask(protocol, 65535).allowed(),
                            ask(protocol, FIRST - 1).allowed()))
                    .containsOnly(false);
        }
    }

    @Test
    void eachOfTenThousandPortsIsLetInByItsRule() {
        publish(10_000);
        assertThat(ports().index()).isPositive();
        eachPortIsLetInByItsRule(10_000);
    }

    @Test
    void fewPortsHaveNoIndexAndAreSearched() {
        publish(7);
        assertThat(ports().index()).isZero();
        eachPortIsLetInByItsRule(7);
    }

    @Test
    void afterARestartTheIndexLiesBesideTheEarlierOneAndTakesItsRoomAgain() {
        publish(50);
        PolicyPorts first = ports();
        pinned.reopen();
        publish(50);
        assertThat(ports().index()).isPositive().isNotEqualTo(first.index());
        eachPortIsLetInByItsRule(50);
        publish(0);
        assertThat(pinned.current().use())
                .as("all of it is free")
                .contains(new MapUse("policy_index", 0, tables().index().maxEntries()));
        publish(50);
        assertThat(ports().index()).isEqualTo(first.index());
        eachPortIsLetInByItsRule(50);
    }

    /// Or the index is not what the program goes by.
    @Test
    void whatTheIndexSaysIsTheVerdict() {
        publish(50);
        assertThat(ask(protocol(0), FIRST).allowed()).isTrue();
        MappedArray<Integer> words = tables().index();
        int index = ports().index();
        for (int i = 0; i < 1 << PolicyPorts.INDEX_BITS; i++) {
            words.set(index + i, PolicyPorts.INDEX_STEP | ports().start());
        }
        assertThat(ask(protocol(0), FIRST).allowed()).as("as port 0").isFalse();
        words.set(index + (FIRST >> 12), 0);
        assertThat(ask(protocol(0), FIRST).allowed())
                .as("the index does not know")
                .isTrue();
    }
}
