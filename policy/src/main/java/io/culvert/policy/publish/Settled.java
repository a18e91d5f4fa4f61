// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.policy.Identity;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.PolicySet;
import io.culvert.policy.RuleId;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// A plan that is in the maps, and the numbers that stand for it there. A plan that was made from it shares with it
/// what did not change, so that this need not be looked at again.
///
/// @param identities by the plan's numbers
/// @param classes by the plan's numbers
/// @param sets by the very object of the plan
record Settled(
        PolicyPlan plan,
        List<Integer> identities,
        List<Integer> classes,
        IdentityHashMap<PolicySet, PublishedSet> sets,
        Set<PodKey> pods) {

    /// Whether a plan has the very identity that this one has by a number.
    @SuppressWarnings("ReferenceEquality") // the others are looked up
    boolean shares(PolicyPlan other, int identity) {
        return identity < plan.identities().size()
                && identity < other.identities().size()
                && plan.identities().get(identity) == other.identities().get(identity);
    }

    /// Identities that this plan has and the other one has not.
    Set<Identity> without(PolicyPlan other) {
        Set<Identity> gone = new HashSet<>();
        for (int i = 0; i < plan.identities().size(); i++) {
            if (!shares(other, i)) {
                gone.add(plan.identities().get(i));
            }
        }
        if (!gone.isEmpty()) {
            for (int i = 0; i < other.identities().size(); i++) {
                if (!shares(other, i)) {
                    gone.remove(other.identities().get(i));
                }
            }
        }
        return gone;
    }

    Set<Identity> allIdentities() {
        return Set.copyOf(plan.identities());
    }

    Set<Set<PolicyPeer>> allClasses() {
        return Set.copyOf(plan.classes());
    }

    Set<RuleId> allRules() {
        Set<RuleId> rules = new HashSet<>();
        plan.sets().forEach(set -> {
            rules.addAll(set.admin());
            rules.addAll(set.allows());
            rules.addAll(set.baseline());
        });
        return rules;
    }
}
