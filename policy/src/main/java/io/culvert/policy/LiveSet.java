// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.List;
import java.util.Map;

/// A policy set, and what it was made of: what it says of one identity can be found again without the others.
///
/// @param rules in the order of their stages
/// @param known numbers of the tables that such rules make; grows
/// @param set the same object for as long as it says the same
record LiveSet(Selection selection, List<BoundRule> rules, Map<List<Contribution>, Integer> known, PolicySet set) {

    static LiveSet of(
            Selection selection,
            List<BoundRule> rules,
            Map<List<Contribution>, Integer> known,
            int any,
            IdentityTables identityTables,
            Map<Integer, Integer> classTables) {
        PolicySet set = new PolicySet(
                selection.isolated(),
                any,
                identityTables,
                classTables,
                ids(selection.admin()),
                ids(selection.allows()),
                ids(selection.baseline()));
        return new LiveSet(selection, rules, known, set);
    }

    LiveSet withIdentityTables(IdentityTables other) {
        return new LiveSet(selection, rules, known, set.with(other, set.classTables()));
    }

    LiveSet withClassTables(Map<Integer, Integer> other) {
        return new LiveSet(selection, rules, known, set.with(set.identityTables(), other));
    }

    private static List<RuleId> ids(List<Rule> stage) {
        return stage.stream().map(Rule::id).toList();
    }
}
