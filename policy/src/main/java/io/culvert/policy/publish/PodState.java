// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.EndpointSets;

/// What is remembered of a pod as long as it is there.
///
/// @param number in all of its entries
/// @param trackedSince as [Endpoint#trackedSince]
/// @param sets its connections are tracked if it has one
record PodState(int number, long trackedSince, EndpointSets sets) {

    /// Connections that began before the first set of a pod are in no table. From that moment on programs
    /// know for how long they may have to take answers for what they are.
    PodState next(EndpointSets next, long now) {
        boolean begins = sets.equals(EndpointSets.NONE) && !next.equals(EndpointSets.NONE);
        return new PodState(number, begins ? now : trackedSince, next);
    }
}
