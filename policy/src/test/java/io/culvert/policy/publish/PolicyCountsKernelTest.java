// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.policy.IncrementalCompiler;
import io.culvert.policy.PolicyPlan;
import io.culvert.testkit.KernelTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pcollections.HashTreePMap;

/// Many policies of a pod, many pods of a policy and many of a peer: what the program answers.
@KernelTest
@SuppressWarnings("NullAway.Init") // set before the tests
final class PolicyCountsKernelTest {

    private static final int POLICIES = 150;
    private static final int SELECTED = 5_000;
    private static final int PEERS = 150_000;

    /// The first half of addresses in fd00:1::/64.
    private static final long UNIQUE_LOCAL = 0xfd00_0001L << 32;

    private static final int OUTSIDE = 0xcb007107;
    private static final int TARGET = 0x0a010002;

    private static PinnedPolicies pinned;

    @BeforeAll
    static void open() {
        pinned = new PinnedPolicies();
    }

    @AfterAll
    static void close() {
        pinned.close();
    }

    /// An address by its number among those of a family.
    private static IpAddress address(IpFamily family, int number) {
        return family == IpFamily.IPV4
                ? IpAddress.ofV4(number)
                : new IpAddress(UNIQUE_LOCAL, Integer.toUnsignedLong(number));
    }

    private static PolicyPod target(IpFamily family) {
        return pod("x", "target", "app", address(family, TARGET), "n1");
    }

    private static PolicyPod pod(String namespace, String name, String role, IpAddress address, String node) {
        return new PolicyPod(
                new ObjectName(namespace, name),
                name,
                Instant.EPOCH,
                Map.of("role", role),
                List.of(address),
                false,
                false,
                Set.of(),
                node);
    }

    private static LabelSelector role(String role) {
        return new LabelSelector(Map.of("role", role), List.of());
    }

    private static NetworkPolicy policy(String name, LabelSelector pods, PolicyPeer peer, int port) {
        return new NetworkPolicy(
                new ObjectName("x", name),
                pods,
                Set.of(Direction.INGRESS),
                List.of(new NetworkPolicyRule(List.of(peer), List.of(PolicyPort.Range.single(Protocol.TCP, port)))),
                List.of());
    }

    private static void publish(List<PolicyPod> pods, List<NetworkPolicy> policies) {
        PolicyState state = PolicyState.EMPTY
                .withPods(HashTreePMap.from(byName(pods, PolicyPod::name)))
                .withNetworkPolicies(HashTreePMap.from(byName(policies, NetworkPolicy::name)));
        PolicyPlan plan = new IncrementalCompiler("n1").compile(state, PolicyChanges.EVERYTHING);
        assertThat(pinned.current().publish(plan, EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);
    }

    private static <T> Map<ObjectName, T> byName(List<T> objects, Function<T, ObjectName> name) {
        return objects.stream().collect(Collectors.toMap(name, Function.identity()));
    }

    private static boolean lets(IpAddress source, IpAddress destination, int port) {
        return pinned.datapath()
                .policies()
                .ask(new PolicyQuestion(false, source, destination, Protocol.TCP.number(), port))
                .allowed();
    }

    @ParameterizedTest
    @EnumSource
    void C1_45_eachOfAHundredAndFiftyPoliciesOfAPodLetsItsOwnIn(IpFamily family) {
        List<PolicyPod> clients = IntStream.range(0, POLICIES)
                .mapToObj(i -> pod("x", "c" + i, "client" + i, address(family, 0x0a020000 + i), "n2"))
                .toList();
        List<PolicyPod> pods = new ArrayList<>(clients);
        pods.add(target(family));

        publish(
                pods,
                IntStream.range(0, POLICIES)
                        .mapToObj(i -> policy(
                                "p" + i, role("app"), new PolicyPeer.OwnNamespacePods(role("client" + i)), 1000 + i))
                        .toList());

        IpAddress target = address(family, TARGET);
        for (int i = 0; i < POLICIES; i++) {
            IpAddress client = clients.get(i).addresses().getFirst();
            assertThat(lets(client, target, 1000 + i)).as("client %d", i).isTrue();
            assertThat(lets(client, target, 1000 + (i + 1) % POLICIES))
                    .as("client %d at another's port", i)
                    .isFalse();
        }
        assertThat(lets(address(family, OUTSIDE), target, 1000)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void C1_45_onePolicyIsolatesEachOfFiveThousandPodsOfANamespace(IpFamily family) {
        List<PolicyPod> pods = new ArrayList<>();
        for (int i = 0; i < SELECTED; i++) {
            pods.add(pod("x", "p" + i, "app", address(family, 0x0a030000 + i), "n1"));
            pods.add(pod("y", "p" + i, "app", address(family, 0x0a040000 + i), "n1"));
        }

        publish(
                pods,
                List.of(policy("all", LabelSelector.EVERYTHING, new PolicyPeer.OwnNamespacePods(role("app")), 80)));

        IpAddress own = address(family, 0x0a030000);
        for (int i = SELECTED - 1; i > 0; i -= 3) {
            IpAddress selected = address(family, 0x0a030000 + i);
            IpAddress other = address(family, 0x0a040000 + i);
            assertThat(List.of(
                            lets(own, selected, 80),
                            lets(own, selected, 81),
                            lets(other, selected, 80),
                            lets(own, other, 81)))
                    .as("pod %d", i)
                    .containsExactly(true, false, false, true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void C1_45_aPeerOfAHundredAndFiftyThousandPodsIsEachOfThem(IpFamily family) {
        List<PolicyPod> pods = new ArrayList<>(IntStream.range(0, PEERS)
                .mapToObj(
                        i -> pod("x", "p" + i, i % 3 == 0 ? "guest" : "client", address(family, 0x0b000000 + i), "n2"))
                .toList());
        pods.add(target(family));
        NetworkPolicy clients = policy("clients", role("app"), new PolicyPeer.OwnNamespacePods(role("client")), 80);
        NetworkPolicy guests = policy("guests", role("app"), new PolicyPeer.OwnNamespacePods(role("guest")), 81);

        publish(pods, List.of(clients, guests));

        IpAddress target = address(family, TARGET);
        for (int i = PEERS - 1; i >= 0; i -= 13) {
            IpAddress peer = address(family, 0x0b000000 + i);
            assertThat(List.of(lets(peer, target, 80), lets(peer, target, 81)))
                    .as("pod %d", i)
                    .containsExactly(i % 3 != 0, i % 3 == 0);
        }
        assertThat(lets(address(family, 0x0b000000 + PEERS), target, 80))
                .as("behind the last")
                .isFalse();
    }
}
