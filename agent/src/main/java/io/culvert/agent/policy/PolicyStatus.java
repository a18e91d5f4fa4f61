// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.maps.datapath.MapUse;
import io.culvert.policy.PolicyWarning;
import java.util.List;

/// What is enforced on this node.
///
/// @param enforced whether packets of pods are judged
/// @param policies of both kinds in the cluster
/// @param sets that pods of this node are held to
/// @param pods of this node that some policy selects
/// @param epoch that programs enforce; 0: nothing was published
/// @param refused why what the cluster says now is not enforced, one line; empty if it is
/// @param failures since the start
/// @param uncounted rules that are in force and have no counter
/// @param maps how full those are that only this process writes
public record PolicyStatus(
        boolean enforced,
        int policies,
        int sets,
        int pods,
        int epoch,
        String refused,
        long failures,
        List<PolicyWarning> warnings,
        int uncounted,
        List<MapUse> maps) {

    /// Before the cluster is known.
    public static final PolicyStatus NOTHING = new PolicyStatus(false, 0, 0, 0, 0, "", 0, List.of(), 0, List.of());

    /// The same, if what the cluster says now is not enforced.
    PolicyStatus refused(String reason) {
        return new PolicyStatus(enforced, policies, sets, pods, epoch, reason, failures, warnings, uncounted, maps);
    }

    /// One line for people.
    public String summary() {
        return enforced || epoch != 0
                ? policies + " policies, " + pods + " pods selected, " + sets + " sets, epoch "
                        + Integer.toUnsignedString(epoch) + (enforced ? "" : ", nothing to enforce")
                : refused.isEmpty() ? "not known yet" : "not known: " + refused;
    }
}
