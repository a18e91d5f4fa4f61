// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.List;
import java.util.Map;

/// A policy set, and what it was made of: what it says of one identity can be found again without the others.
///
/// @param rules in the order of their stages
/// @param known numbers of the tables that such rules make; grows
/// @param any number of the table for anyone
/// @param identityTables as in [PolicySet]
/// @param classTables as in [PolicySet]
record LiveSet(
        Selection selection,
        List<BoundRule> rules,
        Map<List<Contribution>, Integer> known,
        int any,
        IdentityTables identityTables,
        Map<Integer, Integer> classTables) {

    PolicySet set() {
        return new PolicySet(
                selection.isolated(),
                any,
                identityTables,
                classTables,
                ids(selection.admin()),
                ids(selection.allows()),
                ids(selection.baseline()));
    }

    LiveSet withIdentityTables(IdentityTables other) {
        return new LiveSet(selection, rules, known, any, other, classTables);
    }

    private static List<RuleId> ids(List<Rule> stage) {
        return stage.stream().map(Rule::id).toList();
    }
}
