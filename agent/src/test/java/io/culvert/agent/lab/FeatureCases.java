// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.agent.lab.FeaturePolicy.Peer;
import io.culvert.agent.lab.FeaturePolicy.Port;
import io.culvert.agent.lab.FeaturePolicy.Rule;
import io.culvert.agent.lab.FeaturePolicy.Selector;
import io.culvert.cluster.policy.Direction;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The features that cyclonus' generator varies, as rules of one direction, and its pairs of policies that contradict
/// each other. Each rule list is that of a policy which begins from [#BASE].
final class FeatureCases {

    private static final Peer NEIGHBOURS = Peer.pods("ns in x,y", "pod in b,c");
    private static final Port TCP_80 = new Port(Protocol.TCP, "80", null);

    /// TCP 80 with pods b and c of namespaces x and y.
    static final Rule BASE = new Rule(List.of(NEIGHBOURS), List.of(TCP_80));

    /// Pods of the first node in each family; the exceptions are half of them.
    private static final List<Peer> BLOCKS =
            List.of(Peer.block("10.244.1.0/24", null), Peer.block("fd44:0:0:1::/64", "fd44:0:0:1::4/126"));

    private FeatureCases() {}

    static List<List<Rule>> allAndNothing() {
        return List.of(List.of(), List.of(Rule.ANYTHING), List.of(BASE));
    }

    /// Every way to name pods, and blocks.
    static List<Peer> peers() {
        List<Peer> peers = new ArrayList<>();
        for (@Nullable String pods : new @Nullable String[] {null, "", "pod=c"}) {
            for (@Nullable String namespaces : new @Nullable String[] {null, "ns=x", ""}) {
                if (pods != null || namespaces != null) {
                    peers.add(Peer.pods(namespaces, pods));
                }
            }
        }
        peers.addAll(BLOCKS);
        return peers;
    }

    static List<List<Rule>> singlePeers() {
        return Stream.concat(
                        Stream.of(List.<Peer>of(), List.of(Peer.pods("kubernetes.io/metadata.name=z", null))),
                        Stream.concat(peers().stream(), moreBlocks()).map(List::of))
                .map(FeatureCases::withPeers)
                .toList();
    }

    private static Stream<Peer> moreBlocks() {
        return Stream.of(
                Peer.block("10.244.1.0/24", "10.244.1.4/30"),
                Peer.block("10.244.0.0/16", "10.244.2.0/24"),
                Peer.block("0.0.0.0/0", null),
                Peer.block("::/0", null),
                Peer.block("0.0.0.0/31", null));
    }

    static List<List<Rule>> peerPairs() {
        return pairs(peers()).map(FeatureCases::withPeers).toList();
    }

    static List<Port> ports() {
        List<Port> ports = new ArrayList<>();
        for (@Nullable Protocol protocol : new @Nullable Protocol[] {null, Protocol.TCP, Protocol.UDP, Protocol.SCTP}) {
            Protocol served = protocol == null ? Protocol.TCP : protocol;
            String name = "serve-81-" + served.name().toLowerCase(Locale.ROOT);
            for (@Nullable String port : new @Nullable String[] {null, "81", name}) {
                ports.add(new Port(protocol, port, null));
            }
        }
        return ports;
    }

    static List<List<Rule>> singlePorts() {
        return Stream.concat(Stream.of(List.<Port>of()), ports().stream().map(List::of))
                .map(FeatureCases::withPorts)
                .toList();
    }

    /// Each with the next but four, so that numbers, names and protocols meet.
    static List<List<Rule>> portPairs() {
        List<Port> ports = ports();
        return IntStream.range(0, ports.size())
                .mapToObj(i -> withPorts(List.of(ports.get(i), ports.get((i + 5) % ports.size()))))
                .toList();
    }

    static List<List<Rule>> portRanges() {
        return Stream.of(
                        new Port(Protocol.TCP, "79", 80),
                        new Port(Protocol.TCP, "80", 81),
                        new Port(Protocol.TCP, "81", 81),
                        new Port(Protocol.TCP, "82", 65535),
                        new Port(Protocol.UDP, "1", 65535),
                        new Port(Protocol.SCTP, "80", 81),
                        new Port(Protocol.SCTP, "81", 65535))
                .map(port -> withPorts(List.of(port)))
                .toList();
    }

    /// None of these matches anything.
    static List<List<Rule>> pathological() {
        return Stream.of(
                        new Port(Protocol.UDP, "serve-81-tcp", null),
                        new Port(Protocol.SCTP, "serve-81-tcp", null),
                        new Port(Protocol.SCTP, "7981", null),
                        new Port(Protocol.TCP, "serve-7981-tcp", null),
                        new Port(Protocol.TCP, "7981", null))
                .map(port -> withPorts(List.of(port)))
                .toList();
    }

    private static List<Rule> withPeers(List<Peer> peers) {
        return List.of(new Rule(peers, BASE.ports()));
    }

    private static List<Rule> withPorts(List<Port> ports) {
        return List.of(new Rule(BASE.peers(), ports));
    }

    private static <T> Stream<List<T>> pairs(List<T> all) {
        return IntStream.range(0, all.size())
                .boxed()
                .flatMap(i -> IntStream.range(i + 1, all.size()).mapToObj(j -> List.of(all.get(i), all.get(j))));
    }

    /// In both directions, as cyclonus has it.
    static FeaturePolicy base(String namespace, String pods) {
        return new FeaturePolicy(
                namespace,
                new Selector(pods),
                List.of(BASE),
                List.of(new Rule(List.of(Peer.pods("ns in y,z", "pod in a,b")), List.of(TCP_80))));
    }

    static List<FeaturePolicy> targets() {
        return List.of(
                base("x", "pod=a"),
                base("y", "pod=a"),
                base("z", "pod=a"),
                base("x", ""),
                base("x", "pod in a,b"),
                base("x", "pod notin a,b"));
    }

    /// Rules of one or two policies: what one allows the other one takes nothing from.
    static List<List<List<Rule>>> conflicts() {
        List<Rule> nothing = List.of();
        List<Rule> anything = List.of(Rule.ANYTHING);
        List<Rule> allPods = List.of(new Rule(List.of(Peer.pods("", null)), List.of()));
        List<Rule> allAddresses = block("0.0.0.0/0", null);
        List<Rule> noAddress = block("0.0.0.0/31", null);
        List<Rule> allOfIpv6 = block("::/0", null);
        List<Rule> noneOfIpv6 = block("::/127", null);
        List<Rule> noPod = List.of(new Rule(List.of(Peer.pods("never=there", null)), List.of()));
        List<Rule> ownNamespace = List.of(new Rule(List.of(Peer.pods(null, "")), List.of()));
        List<Rule> namespaceY = List.of(new Rule(List.of(Peer.pods("ns=y", null)), List.of()));
        List<Rule> tcp80 = List.of(new Rule(List.of(), List.of(TCP_80)));
        List<Rule> tcp81 = List.of(new Rule(List.of(), List.of(new Port(Protocol.TCP, "81", null))));
        List<Rule> udp80 = List.of(new Rule(List.of(), List.of(new Port(Protocol.UDP, "80", null))));
        return List.of(
                List.of(nothing, anything),
                List.of(nothing, allPods),
                List.of(nothing, allAddresses),
                List.of(noAddress, allPods),
                List.of(noPod, allAddresses),
                List.of(noAddress),
                List.of(noPod),
                List.of(nothing, allOfIpv6),
                List.of(noneOfIpv6, allPods),
                List.of(noPod, allOfIpv6),
                List.of(noneOfIpv6),
                List.of(block("10.244.1.0/24", "10.244.1.4/30"), block("10.244.1.4/31", null)),
                List.of(block("fd44:0:0:1::/64", "fd44:0:0:1::4/126"), block("fd44:0:0:1::4/127", null)),
                List.of(ownNamespace, namespaceY),
                List.of(tcp80, tcp81),
                List.of(tcp80, udp80),
                List.of(namespaceY, tcp81));
    }

    private static List<Rule> block(String block, @Nullable String except) {
        return List.of(new Rule(List.of(Peer.block(block, except)), List.of()));
    }

    /// One end may and the other one may not.
    static List<List<FeaturePolicy>> conflictsOfBothEnds() {
        List<Rule> nothing = List.of();
        List<Rule> anything = List.of(Rule.ANYTHING);
        return List.of(
                List.of(source(nothing), destination(anything)), List.of(source(anything), destination(nothing)));
    }

    private static FeaturePolicy source(List<Rule> rules) {
        return FeaturePolicy.of(Direction.EGRESS, "x", new Selector("pod=b"), rules);
    }

    private static FeaturePolicy destination(List<Rule> rules) {
        return FeaturePolicy.of(Direction.INGRESS, "y", new Selector("pod=c"), rules);
    }
}
