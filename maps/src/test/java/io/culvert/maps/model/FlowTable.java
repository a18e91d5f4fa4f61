// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.FlowFlag.ANSWERED;
import static io.culvert.maps.FlowFlag.CLIENT_CLOSED;
import static io.culvert.maps.FlowFlag.RESET;
import static io.culvert.maps.FlowFlag.SERVER_CLOSED;

import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the programs should remember.
final class FlowTable {

    private static final int ENDS = CLIENT_CLOSED.bit() | SERVER_CLOSED.bit() | RESET.bit();

    private final Settings settings;
    final Map<FlowKey, Entry> entries = new LinkedHashMap<>();

    FlowTable(Settings settings) {
        this.settings = settings;
    }

    /// The entry that a packet meets, expired or not.
    Optional<Entry> met(Packet packet) {
        return Optional.ofNullable(entries.get(packet.key()));
    }

    void put(Entry entry) {
        entries.put(entry.key(), entry);
    }

    /// The entry of a role, if it is this connection's.
    Optional<Entry> of(Connection connection, FlowRole role) {
        return Optional.ofNullable(entries.get(connection.key(role)))
                .filter(entry -> entry.connection == connection && entry.role == role);
    }

    /// The entry that the age of this one also depends on.
    Optional<Entry> partner(Entry entry) {
        return of(entry.connection, entry.role == FlowRole.FORWARD ? FlowRole.REPLY : FlowRole.FORWARD);
    }

    /// One direction may be silent for long: an entry is expired when its partner is silent too.
    boolean isExpired(Entry entry) {
        return entry.isIdle(settings)
                && partner(entry).map(partner -> partner.isIdle(settings)).orElse(true);
    }

    /// Writes into an entry what a packet shows, and into all of its connection what ends that. The latter are seen
    /// then.
    void show(Entry entry, int shown) {
        boolean isNew = (entry.state | shown) != entry.state;
        entry.state |= shown;
        if (isNew && (shown & ENDS) != 0) {
            for (FlowRole role : FlowRole.values()) {
                of(entry.connection, role).ifPresent(each -> {
                    each.state |= entry.state & ENDS;
                    each.age = 0;
                });
            }
        }
    }

    /// Whether an entry in the way of a new connection is of one that is over. Half a connection is, unless it is being
    /// opened at this moment.
    private boolean isFinished(Entry entry) {
        return partner(entry).isEmpty() || entry.hasEnded() || isExpired(entry);
    }

    /// Whether an entry of a new connection may have a key: nothing is there, or what is over.
    boolean isFree(FlowKey key) {
        Entry present = entries.get(key);
        return present == null || isFinished(present);
    }

    /// Whether one that finds no port may have this one, because its connection was never answered.
    boolean givesWay(FlowKey key) {
        Entry present = entries.get(key);
        return present != null
                && present.role != FlowRole.FORWARD
                && !present.has(ANSWERED)
                && partner(present).filter(forward -> !forward.has(ANSWERED)).isPresent();
    }

    /// Removes all entries of a connection.
    void remove(Connection connection) {
        for (FlowRole role : FlowRole.values()) {
            of(connection, role).ifPresent(entry -> entries.remove(entry.key()));
        }
    }
}
