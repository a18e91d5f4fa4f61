// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.PolicyPeer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out whom rules are for. The answer is the same for every policy set, and kept.
final class PeerResolver {

    private final Identities identities;
    private final CidrClasses classes;
    private final Map<Rule, Reach> known = new HashMap<>();

    PeerResolver(Identities identities, CidrClasses classes) {
        this.identities = identities;
        this.classes = classes;
    }

    Reach reach(Rule rule) {
        return known.computeIfAbsent(rule, this::resolve);
    }

    private Reach resolve(Rule rule) {
        Reach reach = new Reach(rule.anyone(), new BitSet(), new BitSet(), new BitSet());
        boolean named = rule.namedPorts().findAny().isPresent();
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
