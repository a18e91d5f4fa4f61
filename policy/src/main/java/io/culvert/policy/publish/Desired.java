// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.policy.Identity;
import io.culvert.policy.RuleId;
import java.util.Map;
import java.util.Set;

/// What one side is to hold, by numbers that outlive the plan.
///
/// @param endpoints with the same sets on both sides
/// @param sets that the endpoints name
/// @param live content whose numbers mean something
record Desired(
        Map<EndpointKey, Endpoint> endpoints,
        Addresses.Wanted addresses,
        Map<CidrPrefix, Integer> cidrs,
        Set<PublishedSet> sets,
        Live live) {

    /// What numbers are needed for.
    record Live(Set<Identity> identities, Set<Set<PolicyPeer>> classes, Set<RuleId> rules, Set<PodKey> pods) {

        static final Live NOTHING = new Live(Set.of(), Set.of(), Set.of(), Set.of());
    }
}
