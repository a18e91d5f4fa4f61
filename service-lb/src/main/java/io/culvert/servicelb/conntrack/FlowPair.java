// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowRole;
import java.util.Optional;

/// One entry of a connection and, where it is there, the other.
///
/// Each entry notes what its own packets showed, so only both together say what became of the connection; and a
/// connection on which one side is silent for long lives by the entry of the other.
record FlowPair(Flow flow, Optional<Flow> partner) {

    /// @param candidate what lies under the partner's key; taken only if it is of the same connection
    static FlowPair of(Flow flow, Optional<Flow> candidate) {
        return new FlowPair(flow, candidate.filter(other -> sameConnection(flow, other)));
    }

    private static boolean sameConnection(Flow one, Flow other) {
        return one.role() != other.role()
                && one.client().equals(other.client())
                && one.service().equals(other.service())
                && one.backend().equals(other.backend());
    }

    /// What the packets of both directions showed.
    int state() {
        return flow.state() | partner.map(Flow::state).orElse(0);
    }

    /// When the last packet of either direction was seen, nanoseconds of CLOCK_MONOTONIC.
    long lastSeen() {
        return partner.filter(other -> other.lastSeen() - flow.lastSeen() > 0)
                .orElse(flow)
                .lastSeen();
    }

    /// How long until it expires, nanoseconds; negative if it has.
    long expiresIn(FlowLifetimes timeouts, long now) {
        return timeouts.nanos(flow.protocol(), state()) - (now - lastSeen());
    }

    /// The entry of that side.
    Optional<Flow> entry(FlowRole role) {
        return flow.role() == role ? Optional.of(flow) : partner;
    }
}
