// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All address blocks of all policies as one longest-prefix table. Every block and every exception is an entry, so the
/// entry that is the longest for an address lies in the same blocks and exceptions as the address itself.
final class CidrClasses {

    /// Peers of which a prefix is the block, or an exception; or, going down, of which something above it is.
    private record Marks(BitSet blocks, BitSet exceptions) {

        Marks() {
            this(new BitSet(), new BitSet());
        }

        Marks below(Marks above) {
            Marks both = new Marks((BitSet) blocks.clone(), (BitSet) exceptions.clone());
            both.blocks.or(above.blocks);
            both.exceptions.or(above.exceptions);
            return both;
        }

        BitSet peers() {
            BitSet peers = (BitSet) blocks.clone();
            peers.andNot(exceptions);
            return peers;
        }
    }

    private record Ancestor(RawPrefix prefix, Marks marks) {}

    private final List<PolicyNode> nodes;
    private final List<PolicyPeer> peers = new ArrayList<>();
    private final Map<RawPrefix, Marks> ipv4 = new TreeMap<>();
    private final Map<RawPrefix, Marks> ipv6 = new TreeMap<>();
    private final Map<BitSet, Integer> numbers = new LinkedHashMap<>(Map.of(new BitSet(), 0));
    private final Map<PolicyPeer, BitSet> classesOf = new HashMap<>();
    private final List<CidrEntry> entries;
    private final List<Set<PolicyPeer>> classes;

    /// @param all different; those that are no addresses say nothing here
    CidrClasses(Collection<PolicyPeer> all, Collection<PolicyNode> nodes) {
        this.nodes = List.copyOf(nodes);
        all.forEach(this::add);
        if (!ipv6.isEmpty()) {
            ipv4.computeIfAbsent(RawPrefix.IPV4, added -> new Marks());
        }
        List<CidrEntry> found = new ArrayList<>();
        walk(ipv6, found);
        walk(ipv4, found);
        found.sort((one, other) ->
                new RawPrefix(one.address(), one.bits()).compareTo(new RawPrefix(other.address(), other.bits())));
        entries = List.copyOf(found);
        classes = numbers.keySet().stream()
                .map(members -> members.stream().mapToObj(peers::get).collect(Collectors.toUnmodifiableSet()))
                .collect(Collectors.toUnmodifiableList());
    }

    List<CidrEntry> entries() {
        return entries;
    }

    /// The peers of each class.
    List<Set<PolicyPeer>> classes() {
        return classes;
    }

    /// The classes that a peer is in.
    BitSet of(PolicyPeer peer) {
        return classesOf.getOrDefault(peer, new BitSet());
    }

    /// Whether a peer is addresses.
    static boolean areOf(PolicyPeer peer) {
        return switch (peer) {
            case PolicyPeer.IpBlock _, PolicyPeer.SelectedNodes _ -> true;
            case PolicyPeer.OwnNamespacePods _, PolicyPeer.SelectedPods _, PolicyPeer.Unknown _ -> false;
        };
    }

    private void add(PolicyPeer peer) {
        switch (peer) {
            case PolicyPeer.IpBlock block -> {
                marks(block.cidr()).blocks.set(peers.size());
                block.except().forEach(except -> marks(except).exceptions.set(peers.size()));
                peers.add(block);
            }
            case PolicyPeer.SelectedNodes selected -> {
                nodes.stream()
                        .filter(node -> selected.nodes().matches(node.labels()))
                        .flatMap(node -> node.addresses().stream())
                        .map(address -> new IpPrefix(address, address.family().bits()))
                        .forEach(address -> marks(address).blocks.set(peers.size()));
                peers.add(selected);
            }
            case PolicyPeer.OwnNamespacePods _, PolicyPeer.SelectedPods _, PolicyPeer.Unknown _ -> {}
        }
    }

    private Marks marks(IpPrefix prefix) {
        return (prefix.family() == IpFamily.IPV4 ? ipv4 : ipv6)
                .computeIfAbsent(RawPrefix.of(prefix), added -> new Marks());
    }

    /// In the order of [RawPrefix] what is above a prefix comes before it.
    private void walk(Map<RawPrefix, Marks> family, List<CidrEntry> found) {
        Deque<Ancestor> above = new ArrayDeque<>();
        family.forEach((prefix, own) -> {
            while (!above.isEmpty() && !above.getLast().prefix.covers(prefix)) {
                above.removeLast();
            }
            @Nullable Ancestor parent = above.peekLast();
            Marks all = parent == null ? own : own.below(parent.marks);
            above.addLast(new Ancestor(prefix, all));
            found.add(new CidrEntry(prefix.address(), prefix.bits(), number(all.peers())));
        });
    }

    private int number(BitSet members) {
        int number = numbers.computeIfAbsent(members, added -> numbers.size());
        members.stream()
                .forEach(peer -> classesOf
                        .computeIfAbsent(peers.get(peer), added -> new BitSet())
                        .set(number));
        return number;
    }
}
