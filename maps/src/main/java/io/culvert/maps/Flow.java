// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.Codec;
import io.culvert.net.Protocol;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// A connection that is translated packet by packet: the value of `flows`. Programs write it while it is read, so
/// that the counters and times of one reading may be of neighbouring moments.
///
/// @param role which side of the translation the key shows
/// @param source the client's side of the reply key: the client, or a node address for a hairpin
/// @param masquerade what the backend sees as its peer, of a connection that is masqueraded; else `:::0`
/// @param serviceIndex index into `services`
/// @param backendId the backend's id when the flow began
/// @param created nanoseconds of CLOCK_MONOTONIC
/// @param lastSeen nanoseconds of CLOCK_MONOTONIC, of the last packet that matched this entry
/// @param packets in the direction that this entry translates
/// @param bytes of whole packets, from the network header
/// @param state bits of [FlowFlag]
/// @param begins of TCP, the upper 16 bits of the number in the client's SYN; 0: unknown, or zero by chance
public record Flow(
        Protocol protocol,
        FlowRole role,
        IpPort client,
        IpPort service,
        IpPort backend,
        IpPort source,
        IpPort masquerade,
        int serviceIndex,
        int backendId,
        long created,
        long lastSeen,
        long packets,
        long bytes,
        int state,
        int begins) {

    /// `struct flow`
    public static final Codec<Flow> CODEC = new FlowCodec();

    public boolean has(FlowFlag flag) {
        return (state & flag.bit()) != 0;
    }

    /// The key under which this entry lies.
    public FlowKey key() {
        return key(role);
    }

    /// The key under which this connection has its entry of a role.
    public FlowKey key(FlowRole which) {
        return switch (which) {
            case FORWARD -> FlowKey.between(protocol, client, service);
            case REPLY -> FlowKey.between(protocol, source, backend);
            case MASQUERADE -> FlowKey.between(protocol, masquerade, backend);
        };
    }

    /// The roles of the entries that this connection has.
    public Set<FlowRole> roles() {
        if (has(FlowFlag.DSR)) {
            return EnumSet.of(FlowRole.FORWARD);
        }
        return has(FlowFlag.MASQUERADED) ? EnumSet.allOf(FlowRole.class) : EnumSet.of(FlowRole.FORWARD, FlowRole.REPLY);
    }

    /// The key of the entry that this one's age also depends on: of a forward entry that of the replies, of the
    /// others the forward entry.
    public FlowKey partner() {
        return key(role == FlowRole.FORWARD ? FlowRole.REPLY : FlowRole.FORWARD);
    }

    /// Whether another entry is of the same connection, and not of one before or after it between the same ends.
    public boolean sameConnection(Flow other) {
        return protocol == other.protocol
                && client.equals(other.client)
                && service.equals(other.service)
                && backend.equals(other.backend)
                && source.equals(other.source)
                && masquerade.equals(other.masquerade);
    }

    /// For example `forward TCP 10.1.0.2:40000 -> 10.96.0.10:80 via 10.1.0.3:8080 ...`.
    @Override
    public String toString() {
        return role.name().toLowerCase(Locale.ROOT) + " " + protocol + " " + client + " -> " + service + " via "
                + backend
                + (source.equals(client) ? "" : " as " + source)
                + (has(FlowFlag.MASQUERADED) ? " masqueraded as " + masquerade : "")
                + " service " + Integer.toUnsignedString(serviceIndex)
                + " backend " + BackendIds.text(backendId)
                + " packets " + packets + " bytes " + bytes
                + Arrays.stream(FlowFlag.values())
                        .filter(this::has)
                        .map(flag -> " " + flag)
                        .collect(Collectors.joining());
    }
}
