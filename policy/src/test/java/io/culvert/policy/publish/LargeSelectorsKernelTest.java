// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelRequirement;
import io.culvert.cluster.policy.LabelRequirement.Operator;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.testkit.KernelTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Selectors and lists that are large or odd: what the program answers about single packets to the pod that they
/// protect.
@KernelTest
final class LargeSelectorsKernelTest {

    private static final ObjectName TARGET = new ObjectName("x", "target");
    private static final List<IpAddress> OWN = List.of(IpAddress.of("10.1.0.2"), IpAddress.of("fd00:1::2"));
    private static final int BLOCKS = 10_000;
    private static final long HIGH = 0x20010db800000000L;

    @AutoClose
    private final PinnedPolicies pinned = new PinnedPolicies();

    private static PolicyPod pod(String name, Map<String, String> labels, List<IpAddress> addresses) {
        return new PolicyPod(
                new ObjectName("x", name), name, Instant.EPOCH, labels, addresses, false, false, Set.of(), "n1");
    }

    private void publish(List<PolicyPeer> peers, PolicyPod... others) {
        List<PolicyPod> pods = new ArrayList<>(List.of(others));
        pods.add(pod(TARGET.name(), Map.of("app", "target"), OWN));
        NetworkPolicy policy = new NetworkPolicy(
                new ObjectName("x", "p"),
                new LabelSelector(Map.of("app", "target"), List.of()),
                Set.of(Direction.INGRESS),
                List.of(new NetworkPolicyRule(peers, List.of())),
                List.of());
        PolicyInputs inputs = new PolicyInputs(List.of(), pods, List.of(), List.of(policy), List.of(), Set.of(TARGET));
        assertThat(pinned.current().publish(PolicyCompiler.compile(inputs), EndpointFacts.NONE))
                .isInstanceOf(PublishResult.Published.class);
    }

    private boolean lets(IpAddress source) {
        IpAddress own = OWN.get(source.isV4() ? 0 : 1);
        return pinned.datapath()
                .policies()
                .ask(new PolicyQuestion(false, source, own, Protocol.TCP.number(), 80))
                .allowed();
    }

    @Test
    void C8_17_valuesByTheHundredEmptyOnesAndKeysWithAPrefixAreComparedAsTheyAre() {
        Set<String> hundred = IntStream.range(0, 100).mapToObj(i -> "v" + i).collect(Collectors.toSet());
        PolicyPod listed = pod("listed", Map.of("number", "v99"), List.of(IpAddress.of("10.1.0.11")));
        PolicyPod unlisted = pod("unlisted", Map.of("number", "v100"), List.of(IpAddress.of("10.1.0.12")));
        PolicyPod empty = pod("empty", Map.of("example.com/tier", ""), List.of(IpAddress.of("10.1.0.13")));
        PolicyPod filled = pod("filled", Map.of("example.com/tier", "a"), List.of(IpAddress.of("10.1.0.14")));
        PolicyPod bare = pod("bare", Map.of("tier", ""), List.of(IpAddress.of("10.1.0.15")));

        publish(
                List.of(
                        new PolicyPeer.OwnNamespacePods(new LabelSelector(
                                Map.of(), List.of(new LabelRequirement("number", Operator.IN, hundred)))),
                        new PolicyPeer.OwnNamespacePods(new LabelSelector(Map.of("example.com/tier", ""), List.of()))),
                listed,
                unlisted,
                empty,
                filled,
                bare);

        assertThat(List.of(listed, unlisted, empty, filled, bare).stream()
                        .filter(peer -> lets(peer.addresses().getFirst())))
                .containsExactly(listed, empty);
    }

    /// Of each block of 256 the second quarter is excepted, and of some of these a sixteenth is let in by a peer of its
    /// own.
    @Test
    void C8_18_tenThousandBlocksWithNestedExceptsDecideAboutEachAddress() {
        List<PolicyPeer> peers = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            peers.add(new PolicyPeer.IpBlock(block(i, 0, 24), List.of(block(i, 64, 26))));
            if (i % 10 == 0) {
                peers.add(new PolicyPeer.IpBlock(block(i, 80, 28), List.of()));
            }
        }

        publish(peers);

        for (int i = 0; i < BLOCKS; i += i < 40 ? 1 : 331) {
            assertThat(lets(address(i, 1))).as("in block %d", i).isTrue();
            assertThat(lets(address(i, 200)))
                    .as("behind the exception of block %d", i)
                    .isTrue();
            assertThat(lets(address(i, 65))).as("excepted from block %d", i).isFalse();
            assertThat(lets(address(i, 85))).as("let in again in block %d", i).isEqualTo(i % 10 == 0);
        }
        assertThat(lets(address(BLOCKS, 1))).as("behind the last block").isFalse();
        assertThat(lets(address(BLOCKS + 1, 1))).as("behind the last block").isFalse();
    }

    /// By turns of both families.
    private static IpAddress address(int block, int host) {
        int number = (block / 2) << 8 | host;
        return block % 2 == 0 ? IpAddress.ofV4(0x0b000000 + number) : new IpAddress(HIGH, number);
    }

    private static IpPrefix block(int block, int host, int length) {
        return new IpPrefix(address(block, host), block % 2 == 0 ? length : 96 + length);
    }
}
