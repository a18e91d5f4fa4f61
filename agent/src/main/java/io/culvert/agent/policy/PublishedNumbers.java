// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.cluster.policy.PolicyState;
import io.culvert.policy.Identity;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.RuleId;
import java.util.List;
import java.util.Map;

/// What numbers in the kernel mean, of the plan that was published last.
///
/// @param policies that the plan was made of
/// @param identities the written number of each identity
/// @param rules the written number of each rule
/// @param epoch that programs enforce with it
public record PublishedNumbers(
        PolicyState policies,
        PolicyPlan plan,
        Map<Identity, Integer> identities,
        Map<RuleId, Integer> rules,
        int epoch) {

    /// Before the first plan.
    public static final PublishedNumbers NOTHING = new PublishedNumbers(
            PolicyState.EMPTY,
            new PolicyPlan(
                    List.of(new Identity("", Map.of(), Map.of(), java.util.Set.of(), java.util.Set.of())),
                    Map.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Map.of(),
                    List.of()),
            Map.of(),
            Map.of(),
            0);
}
