// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.Direction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes the policy set of a selection.
final class SetCompiler {

    private final Identities identities;
    private final PeerResolver peers;
    private final PortTables tables;

    SetCompiler(Identities identities, PeerResolver peers, PortTables tables) {
        this.identities = identities;
        this.peers = peers;
        this.tables = tables;
    }

    PolicySet compile(Selection selection) {
        List<BoundRule> rules = Stream.of(selection.admin(), selection.allows(), selection.baseline())
                .flatMap(stage -> bind(stage, selection).stream())
                .toList();
        Map<List<Contribution>, Integer> known = new HashMap<>();
        int any = number(known, rules, rule -> rule.reach().anyone() ? rule.fixed() : null);
        return new PolicySet(
                selection.isolated(),
                any,
                identityTables(rules, known, any),
                classTables(rules, known),
                ids(selection.admin()),
                ids(selection.allows()),
                ids(selection.baseline()));
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
        for (BoundRule rule : rules) {
            named.or(rule.reach().identities());
            named.or(rule.reach().atBlocks());
            if (rule.named() && rule.reach().anyone()) {
                named.set(1, identities.numbered().size());
            }
        }
        Map<Integer, Integer> numbers = new HashMap<>();
        named.stream().forEach(identity -> {
            Identity members = identities.numbered().get(identity);
            int table = number(known, rules, rule -> rule.at(identity, members));
            if (table != any) {
                numbers.put(identity, table);
            }
        });
        return numbers;
    }

    private Map<Integer, Integer> classTables(List<BoundRule> rules, Map<List<Contribution>, Integer> known) {
        BitSet named = new BitSet();
        rules.forEach(rule -> named.or(rule.reach().classes()));
        Map<Integer, Integer> numbers = new HashMap<>();
        named.stream().forEach(cidrClass -> {
            int table = number(known, rules, rule -> rule.reach().classes().get(cidrClass) ? rule.fixed() : null);
            if (table != PortTables.NOTHING) {
                numbers.put(cidrClass, table);
            }
        });
        return numbers;
    }

    private int number(
            Map<List<Contribution>, Integer> known,
            List<BoundRule> rules,
            Function<BoundRule, @Nullable Contribution> share) {
        List<Contribution> contributions = new ArrayList<>();
        for (BoundRule rule : rules) {
            Contribution contribution = share.apply(rule);
            if (contribution != null && !contribution.ports().isEmpty()) {
                contributions.add(contribution);
            }
        }
        return known.computeIfAbsent(contributions, added -> tables.number(PortTableBuilder.of(added)));
    }

    private static List<RuleId> ids(List<Rule> stage) {
        return stage.stream().map(Rule::id).toList();
    }
}
