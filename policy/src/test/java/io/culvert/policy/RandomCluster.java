// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelRequirement;
import io.culvert.cluster.policy.LabelRequirement.Operator;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Small clusters in which things meet: few names, few labels, few addresses, nested blocks, the same numbers
/// everywhere.
public final class RandomCluster {

    /// Addresses that no pod and no node has.
    public static final List<IpAddress> OUTSIDE = addresses("203.0.113.7", "10.0.0.9", "2001:db8::7", "fd00::9");

    private static final List<IpAddress> OF_PODS_V4 =
            addresses("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1", "10.0.1.2");
    private static final List<IpAddress> OF_PODS_V6 = addresses("fd00::1", "fd00::2", "fd00:0:0:1::1");
    private static final List<IpAddress> OF_NODES =
            addresses("10.0.1.1", "192.168.0.1", "192.168.0.2", "192.168.0.3", "fd00::1");

    private static final List<IpPrefix> BLOCKS = Stream.of(
                    "0.0.0.0/0",
                    "0.0.0.0/1",
                    "10.0.0.0/8",
                    "10.0.0.0/16",
                    "10.0.0.0/24",
                    "10.0.0.0/29",
                    "10.0.0.0/30",
                    "10.0.0.1/32",
                    "10.0.0.2/32",
                    "10.0.1.1/32",
                    "192.168.0.0/24",
                    "192.168.0.1/32",
                    "203.0.113.7/32",
                    "::/0",
                    "::/1",
                    "::/90",
                    "fd00::/8",
                    "fd00::/64",
                    "fd00::/126",
                    "fd00::1/128",
                    "fd00:0:0:1::/64",
                    "2001:db8::/32")
            .map(text -> IpPrefix.parse(text).orElseThrow())
            .toList();

    private static final List<String> NAMESPACES = List.of("x", "y", "z");
    private static final List<String> VALUES = List.of("a", "b", "");
    private static final List<String> PORT_NAMES = List.of("web", "dns");
    private static final List<Integer> PORTS = List.of(0, 53, 80, 81, 443, 8080, 65535);

    private final Random random;

    public RandomCluster(long seed) {
        // Neighbouring seeds would begin with the same choices.
        random = new Random(new SplittableRandom(seed).nextLong());
    }

    public PolicyInputs next() {
        List<PolicyPod> pods = IntStream.range(0, 2 + random.nextInt(4))
                .mapToObj(i -> pod("p" + i))
                .toList();
        return new PolicyInputs(
                NAMESPACES.stream()
                        .filter(name -> often())
                        .map(name -> new Namespace(name, labels("n", "m")))
                        .toList(),
                pods,
                list(3, i -> node("n" + i)),
                list(5, i -> networkPolicy("np" + i)),
                list(5, i -> clusterPolicy("cnp" + i)),
                pods.stream().map(PolicyPod::name).collect(Collectors.toSet()));
    }

    private PolicyPod pod(String name) {
        boolean hostNetwork = rarely();
        return new PolicyPod(
                new ObjectName(pick(NAMESPACES), name),
                "u" + random.nextInt(3),
                Instant.ofEpochSecond(random.nextInt(2)),
                labels("k", "l", "unused"),
                hostNetwork
                        ? List.of(pick(OF_NODES))
                        : Stream.of(pick(OF_PODS_V4), pick(OF_PODS_V6))
                                .filter(address -> often())
                                .toList(),
                hostNetwork,
                rarely(),
                Set.copyOf(list(4, i -> new ContainerPort(pick(PORT_NAMES), protocol(), pick(PORTS)))),
                "n1");
    }

    private PolicyNode node(String name) {
        return new PolicyNode(name, labels("n", "k"), list(3, i -> pick(OF_NODES)));
    }

    private NetworkPolicy networkPolicy(String name) {
        Set<Direction> types = Stream.of(Direction.values())
                .filter(direction -> random.nextBoolean())
                .collect(Collectors.toSet());
        Supplier<NetworkPolicyRule> rule = () -> new NetworkPolicyRule(list(4, i -> peer(random.nextInt(6))), ports());
        return new NetworkPolicy(
                new ObjectName(pick(NAMESPACES), name),
                selector("k", "l"),
                types,
                list(4, i -> rule.get()),
                list(4, i -> rule.get()));
    }

    private ClusterNetworkPolicy clusterPolicy(String name) {
        Supplier<ClusterNetworkPolicyRule> rule = () -> new ClusterNetworkPolicyRule(
                "", pick(List.of(PolicyAction.values())), list(4, i -> peer(1 + random.nextInt(6))), ports());
        return new ClusterNetworkPolicy(
                name,
                Instant.ofEpochSecond(random.nextInt(2)),
                pick(List.of(PolicyTier.values())),
                random.nextInt(3),
                new PolicyPeer.SelectedPods(selector("n", "m"), selector("k", "l")),
                list(4, i -> rule.get()),
                list(4, i -> rule.get()));
    }

    private PolicyPeer peer(int kind) {
        if (random.nextInt(40) == 0) {
            return new PolicyPeer.Unknown("moon phase");
        }
        return switch (kind) {
            case 0 -> new PolicyPeer.OwnNamespacePods(selector("k", "l"));
            case 1, 2 -> new PolicyPeer.SelectedPods(selector("n", "m", Namespace.NAME_LABEL), selector("k", "l"));
            case 3, 4, 5 -> new PolicyPeer.IpBlock(pick(BLOCKS), list(4, i -> pick(BLOCKS)));
            default -> new PolicyPeer.SelectedNodes(selector("n", "k"));
        };
    }

    /// Few, or at times so many that they have an index.
    private List<PolicyPort> ports() {
        return random.nextInt(6) == 0
                ? list(40, i -> PolicyPort.Range.single(protocol(), 1 + random.nextInt(500)))
                : list(4, i -> port());
    }

    private PolicyPort port() {
        if (random.nextInt(40) == 0) {
            return new PolicyPort.Unknown("QUIC");
        }
        int first = pick(PORTS);
        return switch (random.nextInt(6)) {
            case 0 -> new PolicyPort.AnyPort(protocol());
            case 1 -> new PolicyPort.Named(null, pick(PORT_NAMES));
            case 2 -> new PolicyPort.Named(protocol(), pick(PORT_NAMES));
            case 3 -> new PolicyPort.Range(protocol(), Math.min(first, 443), Math.max(first, pick(PORTS)));
            default -> PolicyPort.Range.single(protocol(), first);
        };
    }

    private LabelSelector selector(String... keys) {
        Map<String, String> labels = new HashMap<>();
        if (rarely()) {
            labels.put(pick(List.of(keys)), pick(VALUES));
        }
        List<LabelRequirement> expressions = list(2, i -> {
            Operator operator = pick(List.of(Operator.values()));
            boolean values = operator == Operator.IN || operator == Operator.NOT_IN;
            Stream<String> some =
                    Stream.concat(VALUES.stream(), NAMESPACES.stream()).filter(value -> random.nextBoolean());
            return new LabelRequirement(
                    pick(List.of(keys)), operator, values ? some.collect(Collectors.toSet()) : Set.of());
        });
        return new LabelSelector(labels, expressions);
    }

    private Map<String, String> labels(String... keys) {
        Map<String, String> labels = new HashMap<>();
        Stream.of(keys).filter(key -> often()).forEach(key -> labels.put(key, pick(VALUES)));
        return labels;
    }

    private Protocol protocol() {
        return pick(List.of(Protocol.TCP, Protocol.TCP, Protocol.UDP, Protocol.SCTP));
    }

    private boolean often() {
        return random.nextInt(4) > 0;
    }

    private boolean rarely() {
        return random.nextInt(6) == 0;
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private <T> List<T> list(int bound, IntFunction<T> element) {
        return IntStream.range(0, random.nextInt(bound)).mapToObj(element).toList();
    }

    private static List<IpAddress> addresses(String... all) {
        return Stream.of(all).map(IpAddress::of).toList();
    }
}
