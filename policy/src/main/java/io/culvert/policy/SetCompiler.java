// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static java.util.Objects.requireNonNull;

import io.culvert.cluster.policy.Direction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// Makes the policy set of a selection, and follows identities in it.
final class SetCompiler {

    private final NumberedIdentities identities;
    private final PeerResolver peers;
    private final PortTables tables;

    SetCompiler(NumberedIdentities identities, PeerResolver peers, PortTables tables) {
        this.identities = identities;
        this.peers = peers;
        this.tables = tables;
    }

    LiveSet compile(Selection selection) {
        List<BoundRule> rules = Stream.of(selection.admin(), selection.allows(), selection.baseline())
                .flatMap(stage -> bind(stage, selection).stream())
                .toList();
        Map<List<Contribution>, Integer> known = new HashMap<>();
        List<BoundRule> forAnyone =
                rules.stream().filter(rule -> rule.reach().anyone()).toList();
        int any = number(known, forAnyone, BoundRule::fixed);
        return LiveSet.of(
                selection,
                rules,
                known,
                any,
                IdentityTables.of(identityTables(rules, known, any)),
                classTables(rules, known));
    }

    /// The same set after some numbers came to mean other identities, or none.
    LiveSet renumbered(LiveSet set, BitSet numbers) {
        Map<Integer, Integer> tables = new HashMap<>();
        BitSet changed = new BitSet();
        for (int number = numbers.nextSetBit(0); number >= 0; number = numbers.nextSetBit(number + 1)) {
            int table = identityTable(set, number);
            if (table != set.set().identityTable(number)) {
                tables.put(number, table);
                changed.set(number);
            }
        }
        return changed.isEmpty()
                ? set
                : set.withIdentityTables(IdentityTables.of(set.set().identityTables())
                        .with(
                                changed,
                                number -> requireNonNull(tables.get(number)),
                                set.set().anyTable()));
    }

    /// The same set after classes became others.
    LiveSet reclassified(LiveSet set) {
        Map<Integer, Integer> tables = classTables(set.rules(), set.known());
        return tables.equals(set.set().classTables()) ? set : set.withClassTables(tables);
    }

    private int identityTable(LiveSet set, int number) {
        if (set.rules().stream().noneMatch(rule -> names(rule, number))) {
            return set.set().anyTable();
        }
        Identity members = identities.numbered().get(number);
        List<BoundRule> matching = set.rules().stream()
                .filter(rule -> rule.reach().anyone() || names(rule, number))
                .toList();
        return number(set.known(), matching, rule -> rule.at(number, members));
    }

    /// Whether a rule may say something else for an identity than for everyone.
    private static boolean names(BoundRule rule, int number) {
        Reach reach = rule.reach();
        return reach.identities().get(number) || reach.atBlocks().get(number) || (rule.named() && reach.anyone());
    }

    private List<BoundRule> bind(List<Rule> stage, Selection selection) {
        List<BoundRule> bound = new ArrayList<>(stage.size());
        for (Rule rule : stage) {
            bound.add(
                    selection.direction() == Direction.INGRESS
                            ? BoundRule.ingress(rule, bound.size(), peers.reach(rule), selection.ports())
                            : BoundRule.egress(rule, bound.size(), peers.reach(rule)));
        }
        return bound;
    }

    /// An identity for which the rules say what they say for everyone needs no table.
    private Map<Integer, Integer> identityTables(
            List<BoundRule> rules, Map<List<Contribution>, Integer> known, int any) {
        BitSet named = new BitSet();
        rules.forEach(rule -> named.or(named(rule)));
        Map<Integer, Integer> numbers = new HashMap<>();
        byMember(rules, rule -> rule.reach().anyone() ? named : named(rule)).forEach((identity, matching) -> {
            Identity members = identities.numbered().get(identity);
            int table = number(known, matching, rule -> rule.at(identity, members));
            if (table != any) {
                numbers.put(identity, table);
            }
        });
        return numbers;
    }

    /// The identities for which a rule may say something else than for everyone.
    private BitSet named(BoundRule rule) {
        BitSet named = (BitSet) rule.reach().identities().clone();
        named.or(rule.reach().atBlocks());
        if (rule.named() && rule.reach().anyone()) {
            named.set(1, identities.numbered().size());
        }
        return named;
    }

    private Map<Integer, Integer> classTables(List<BoundRule> rules, Map<List<Contribution>, Integer> known) {
        Map<Integer, Integer> numbers = new HashMap<>();
        byMember(rules, rule -> rule.reach().classes()).forEach((cidrClass, matching) -> {
            int table = number(known, matching, BoundRule::fixed);
            if (table != PortTables.NOTHING) {
                numbers.put(cidrClass, table);
            }
        });
        return numbers;
    }

    /// The rules of each identity or class, in their order. Thousands of rules may each have a class of their own, so
    /// that nothing may be done for every pair of both.
    private static Map<Integer, List<BoundRule>> byMember(
            List<BoundRule> rules, Function<BoundRule, BitSet> membersOf) {
        Map<Integer, List<BoundRule>> found = new TreeMap<>();
        for (BoundRule rule : rules) {
            membersOf.apply(rule).stream()
                    .forEach(member -> found.computeIfAbsent(member, added -> new ArrayList<>())
                            .add(rule));
        }
        return found;
    }

    private int number(
            Map<List<Contribution>, Integer> known, List<BoundRule> rules, Function<BoundRule, Contribution> share) {
        List<Contribution> contributions = rules.stream()
                .map(share)
                .filter(contribution -> !contribution.ports().isEmpty())
                .toList();
        return known.computeIfAbsent(contributions, added -> tables.number(PortTableBuilder.of(added)));
    }
}
