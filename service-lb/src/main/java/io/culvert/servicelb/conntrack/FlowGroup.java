// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The entries of one connection that are there, of three at most.
///
/// Each entry notes what its own packets showed, so only all together say what became of the connection; and a
/// connection on which one side is silent for long lives by the entry of the other.
final class FlowGroup {

    private final Map<FlowRole, Flow> entries = new EnumMap<>(FlowRole.class);

    private FlowGroup(Flow flow) {
        entries.put(flow.role(), flow);
    }

    /// An entry alone; others may be added.
    static FlowGroup of(Flow flow) {
        return new FlowGroup(flow);
    }

    /// An entry and the others of its connection.
    ///
    /// @param table what lies under a key; taken only if it is of the same connection
    static FlowGroup of(Flow flow, Function<FlowKey, Optional<Flow>> table) {
        FlowGroup group = of(flow);
        for (FlowRole role : flow.roles()) {
            if (role != flow.role()) {
                table.apply(flow.key(role)).ifPresent(group::addIfSame);
            }
        }
        return group;
    }

    /// Takes in another entry; false if it is of another connection, or this one has an entry of its role.
    boolean addIfSame(Flow other) {
        return any().sameConnection(other) && entries.putIfAbsent(other.role(), other) == null;
    }

    /// Whether all entries are there that the connection has.
    boolean isWhole() {
        return entries.keySet().equals(any().roles());
    }

    /// Those that are there.
    Collection<Flow> entries() {
        return entries.values();
    }

    /// One of the entries: for what all of them tell alike.
    Flow any() {
        return entries.values().iterator().next();
    }

    /// What the packets of both directions showed.
    int state() {
        return entries.values().stream().mapToInt(Flow::state).reduce(0, (a, b) -> a | b);
    }

    /// When the last packet of either direction was seen, nanoseconds of CLOCK_MONOTONIC.
    long lastSeen() {
        return entries.values().stream()
                .mapToLong(Flow::lastSeen)
                .reduce((a, b) -> b - a > 0 ? b : a)
                .orElseThrow();
    }

    /// How long until it expires, nanoseconds; negative if it has.
    long expiresIn(FlowLifetimes timeouts, long now) {
        return timeouts.nanos(any().protocol(), state()) - (now - lastSeen());
    }

    /// The entry of that side.
    Optional<Flow> entry(FlowRole role) {
        return Optional.ofNullable(entries.get(role));
    }

    /// What it carried.
    EndedConnection ended() {
        Optional<Flow> client = entry(FlowRole.FORWARD);
        Optional<Flow> backend = entry(FlowRole.REPLY);
        return new EndedConnection(
                any(),
                client.map(Flow::bytes).orElse(0L),
                client.map(Flow::packets).orElse(0L),
                backend.map(Flow::bytes).orElse(0L),
                backend.map(Flow::packets).orElse(0L),
                lastSeen() - any().created());
    }

    /// Removes all of them; how many were still there.
    int removeFrom(FlowEntries flows) {
        return (int) entries.values().stream().filter(flows::remove).count();
    }
}
