// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.List;
import java.util.Map;

/// What is enforced on this node, as one moment's snapshot: what was compiled, and under which numbers it was written.
///
/// @param inputs that the plan was made from
/// @param plan that the kernel's tables hold
/// @param generation counts the plans that were published; 0 before the first
/// @param identities the written number of each identity; what is not a key was not written
/// @param rules the written number of each rule, by which its packets are counted; what is not a key is not counted
/// @param problems what of the present state could not be published, a line each: the plan is an earlier one then
public record PolicyView(
        PolicyInputs inputs,
        PolicyPlan plan,
        long generation,
        Map<Identity, Integer> identities,
        Map<RuleId, Integer> rules,
        List<String> problems) {

    public PolicyView {
        identities = Map.copyOf(identities);
        rules = Map.copyOf(rules);
        problems = List.copyOf(problems);
    }
}
