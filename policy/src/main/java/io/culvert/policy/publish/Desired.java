// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import java.util.Map;
import java.util.Set;

/// What one side is to hold, by numbers that outlive the plan.
///
/// @param endpoints with the same sets on both sides
/// @param sets that the endpoints name
/// @param sameSets whether these are the sets of the plan before, with the same content
/// @param settled what is known once all of this is written
record Desired(
        Map<EndpointKey, Endpoint> endpoints,
        Addresses.Wanted addresses,
        Map<CidrPrefix, Integer> cidrs,
        Set<PublishedSet> sets,
        boolean sameSets,
        Settled settled) {}
