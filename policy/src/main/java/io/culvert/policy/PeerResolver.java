// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.PolicyPeer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds out whom rules are for. The answer is the same for every policy set, and kept.
final class PeerResolver {

    private final NumberedIdentities identities;
    private CidrClasses classes;
    private final Map<Rule, Reach> known = new HashMap<>();

    PeerResolver(NumberedIdentities identities, CidrClasses classes) {
        this.identities = identities;
        this.classes = classes;
    }

    Reach reach(Rule rule) {
        return known.computeIfAbsent(rule, this::resolve);
    }

    /// Takes note of numbers that mean other identities than before.
    void renumbered(BitSet numbers) {
        known.forEach((rule, reach) -> {
            boolean named = rule.namesPorts();
            for (int number = numbers.nextSetBit(0); number >= 0; number = numbers.nextSetBit(number + 1)) {
                Identity identity = identities.numbered().get(number);
                reach.identities().set(number, selects(rule, identity));
                reach.atBlocks().set(number, named && rule.peers().stream().anyMatch(identity.blocks()::contains));
            }
        });
    }

    /// Takes note of other classes.
    void reclassified(CidrClasses others) {
        classes = others;
        known.forEach((rule, reach) -> {
            reach.classes().clear();
            for (PolicyPeer peer : rule.peers()) {
                if (CidrClasses.areOf(peer)) {
                    reach.classes().or(others.of(peer));
                }
            }
        });
    }

    /// Forgets all rules but these.
    void retain(Set<Rule> rules) {
        known.keySet().retainAll(rules);
    }

    /// Asked of every rule for every identity that comes or goes.
    private static boolean selects(Rule rule, Identity identity) {
        for (PolicyPeer peer : rule.peers()) {
            if (selects(peer, rule, identity)) {
                return true;
            }
        }
        return false;
    }

    private static boolean selects(PolicyPeer peer, Rule rule, Identity identity) {
        return switch (peer) {
            case PolicyPeer.OwnNamespacePods own ->
                identity.namespace().equals(rule.id().policy().namespace())
                        && own.pods().matches(identity.podLabels());
            case PolicyPeer.SelectedPods selected ->
                !identity.namespace().isEmpty()
                        && selected.namespaces().matches(identity.namespaceLabels())
                        && selected.pods().matches(identity.podLabels());
            case PolicyPeer.IpBlock _, PolicyPeer.SelectedNodes _, PolicyPeer.Unknown _ -> false;
        };
    }

    private Reach resolve(Rule rule) {
        Reach reach = new Reach(rule.anyone(), new BitSet(), new BitSet(), new BitSet());
        boolean named = rule.namesPorts();
        for (PolicyPeer peer : rule.peers()) {
            switch (peer) {
                case PolicyPeer.OwnNamespacePods own ->
                    addPods(reach.identities(), rule.id().policy().namespace(), own.pods());
                case PolicyPeer.SelectedPods selected -> addPods(reach.identities(), selected);
                case PolicyPeer.IpBlock block -> {
                    reach.classes().or(classes.of(block));
                    if (named) {
                        addHolders(reach.atBlocks(), block);
                    }
                }
                case PolicyPeer.SelectedNodes nodes -> reach.classes().or(classes.of(nodes));
                case PolicyPeer.Unknown _ -> {}
            }
        }
        return reach;
    }

    private void addPods(BitSet found, PolicyPeer.SelectedPods selected) {
        identities.byNamespace().forEach((namespace, members) -> {
            Identity any = identities.numbered().get(members.getFirst());
            if (selected.namespaces().matches(any.namespaceLabels())) {
                addPods(found, namespace, selected.pods());
            }
        });
    }

    private void addPods(BitSet found, String namespace, LabelSelector pods) {
        for (int number : identities.byNamespace().getOrDefault(namespace, List.of())) {
            if (pods.matches(identities.numbered().get(number).podLabels())) {
                found.set(number);
            }
        }
    }

    private void addHolders(BitSet found, PolicyPeer.IpBlock block) {
        List<Identity> all = identities.numbered();
        for (int number = 1; number < all.size(); number++) {
            if (all.get(number).blocks().contains(block)) {
                found.set(number);
            }
        }
    }
}
