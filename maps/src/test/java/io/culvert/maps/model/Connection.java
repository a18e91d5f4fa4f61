// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.net.Protocol;
import java.util.EnumSet;
import java.util.Set;

/// A connection that is translated packet by packet. Compared by identity: two may have the same ends one after the
/// other.
final class Connection {

    final Protocol protocol;
    final IpPort client;
    final IpPort service;
    final IpPort backend;

    /// What the connection looks like between the programs; the client unless that had to be another.
    final IpPort source;

    /// What the backend sees; `:::0` where that is the source.
    final IpPort masquerade;

    final int serviceIndex;
    final int backendId;

    /// What its SYN told, or 0.
    final int begins;

    /// The bits of FlowFlag that it begins with and keeps: how it is translated.
    final int kind;

    /// Nanoseconds, by the programs' clock.
    long created;

    Connection(
            Packet packet,
            IpPort backend,
            IpPort source,
            IpPort masquerade,
            int serviceIndex,
            int backendId,
            int kind,
            long created) {
        this.protocol = packet.protocol();
        this.client = packet.source();
        this.service = packet.destination();
        this.backend = backend;
        this.source = source;
        this.masquerade = masquerade;
        this.serviceIndex = serviceIndex;
        this.backendId = backendId;
        this.kind = kind;
        this.begins = packet.begins();
        this.created = created;
    }

    /// Whether a SYN or the answer to one is of another connection with the same ends.
    boolean isAnother(Packet packet) {
        int ahead = (packet.begins() - begins) & 0xffff;
        return begins != 0 && packet.begins() != 0 && ahead > (packet.accepts() ? 1 : 0);
    }

    FlowKey key(FlowRole role) {
        return switch (role) {
            case FORWARD -> FlowKey.between(protocol, client, service);
            case REPLY -> FlowKey.between(protocol, source, backend);
            case MASQUERADE -> FlowKey.between(protocol, masquerade, backend);
        };
    }

    /// The roles of its entries.
    Set<FlowRole> roles() {
        return (kind & FlowFlag.MASQUERADED.bit()) != 0
                ? EnumSet.allOf(FlowRole.class)
                : EnumSet.of(FlowRole.FORWARD, FlowRole.REPLY);
    }
}
