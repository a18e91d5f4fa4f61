// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicySetEntry;

/// Whether rules of ClusterNetworkPolicies are in force, by what an earlier process left in the maps.
final class TierRules {

    private TierRules() {}

    /// Admin rules come first in a set's list, rules of the baseline last; how many there are in all stands before
    /// them.
    static boolean inForce(PublicationTarget tables) {
        if (tables.epoch() == 0) {
            return false;
        }
        for (int number = 1; number < tables.sets().size(); number++) {
            PolicySetEntry set = tables.sets().get(number);
            if ((set.flags() & PolicySetEntry.USED) != 0
                    && (set.allows() > 0 || set.baselines() < count(tables, set))) {
                return true;
            }
        }
        return false;
    }

    private static int count(PublicationTarget tables, PolicySetEntry set) {
        boolean found = set.rules() >= 1 && set.rules() <= tables.rules().size();
        return found ? tables.rules().get(set.rules() - 1) : 0;
    }
}
