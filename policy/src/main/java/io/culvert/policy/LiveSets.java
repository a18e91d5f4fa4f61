// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyPod;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The policy sets of one node's pods, kept from plan to plan.
final class LiveSets {

    private static final int FEW_TABLES = 16_384;

    /// What part of all identities may change before it is cheaper to begin anew.
    private static final int MOST = 16;

    /// What a plan has of it.
    record Chosen(List<PolicySet> sets, Map<ObjectName, LocalPod> pods) {}

    private final PortTables tables = new PortTables();
    private final NumberedIdentities identities;
    private final PeerResolver peers;
    private final SetCompiler compiler;
    private Map<Selection, LiveSet> live = new HashMap<>();
    private int tablesAtFirst;

    LiveSets(NumberedIdentities identities, CidrClasses classes) {
        this.identities = identities;
        peers = new PeerResolver(identities, classes);
        compiler = new SetCompiler(identities, peers, tables);
    }

    /// Takes note of numbers that mean other identities than before, or none.
    ///
    /// @return whether that was less than to begin anew; if not, nothing else may be asked
    boolean renumbered(BitSet numbers) {
        if (numbers.cardinality() > identities.numbered().size() / MOST + 1) {
            return false;
        }
        peers.renumbered(numbers);
        live.replaceAll((_, set) -> compiler.renumbered(set, numbers));
        return true;
    }

    /// Takes note of other classes.
    void reclassified(CidrClasses classes) {
        peers.reclassified(classes);
        live.replaceAll((_, set) -> compiler.reclassified(set));
    }

    /// The sets of these pods; those of no pod are forgotten.
    Chosen choose(LocalPods locals, Selector selector, AddressBook book) {
        Map<Selection, LiveSet> used = new HashMap<>();
        Map<Selection, Integer> numbers = new HashMap<>();
        List<PolicySet> sets = new ArrayList<>(List.of(PolicySet.NO_POLICY));
        Map<ObjectName, LocalPod> pods = new HashMap<>();
        for (PolicyPod pod : locals.governed()) {
            LocalPods.Selected selected = locals.selected(pod, selector);
            pods.put(
                    pod.name(),
                    new LocalPod(
                            pod.name(),
                            pod.uid(),
                            pod.addresses(),
                            book.owned(pod),
                            number(selected.ingress(), used, numbers, sets),
                            number(selected.egress(), used, numbers, sets)));
        }
        if (!used.keySet().equals(live.keySet())) {
            live = used;
            Set<Rule> rules = new HashSet<>();
            live.values().forEach(set -> set.rules().forEach(rule -> rules.add(rule.rule())));
            peers.retain(rules);
        }
        tablesAtFirst = tablesAtFirst == 0 ? tables.numbered().size() : tablesAtFirst;
        return new Chosen(sets, pods);
    }

    private int number(
            Selection selection, Map<Selection, LiveSet> used, Map<Selection, Integer> numbers, List<PolicySet> sets) {
        if (selection.empty()) {
            return 0;
        }
        return numbers.computeIfAbsent(selection, _ -> {
            @Nullable LiveSet known = live.get(selection);
            LiveSet set = known == null ? compiler.compile(selection) : known;
            used.put(selection, set);
            sets.add(set.set());
            return sets.size() - 1;
        });
    }

    List<PortTable> tables() {
        return tables.numbered();
    }

    /// Whether there are many tables, most of which may be of sets that are forgotten.
    boolean wasteful() {
        return tables.numbered().size() > 2 * tablesAtFirst + FEW_TABLES;
    }
}
