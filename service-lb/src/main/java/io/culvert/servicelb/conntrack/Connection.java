// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/// A connection that is translated packet by packet, out of its entries in the flow table.
///
/// @param name whose address the client dialled; empty if that Service is gone
/// @param source what the backend sees as its peer: the client, or an address of this node where the connection is
/// masqueraded or a pod reaches itself
/// @param backendId the backend's id when the connection began
/// @param age since its first packet
/// @param idle since its last packet
/// @param expiresIn when it will be forgotten if no packet comes; negative if it is already
/// @param sent packets from the client
/// @param sentBytes of whole packets, from the network header
/// @param received packets from the backend
/// @param receivedBytes likewise
public record Connection(
        Protocol protocol,
        Optional<ServicePortName> name,
        IpPort client,
        IpPort service,
        IpPort backend,
        IpPort source,
        int backendId,
        ConnectionState state,
        Duration age,
        Duration idle,
        Duration expiresIn,
        long sent,
        long sentBytes,
        long received,
        long receivedBytes) {

    private static final Comparator<IpPort> SOCKETS =
            Comparator.comparing(IpPort::address).thenComparingInt(IpPort::port);

    /// By protocol, Service address, then client.
    public static final Comparator<Connection> ORDER = Comparator.comparing(Connection::protocol)
            .thenComparing(Connection::service, SOCKETS)
            .thenComparing(Connection::client, SOCKETS);

    static Connection of(FlowGroup group, Optional<ServicePortName> name, FlowLifetimes timeouts, long now) {
        Flow flow = group.any();
        Optional<Flow> forward = group.entry(FlowRole.FORWARD);
        Optional<Flow> reply = group.entry(FlowRole.REPLY);
        return new Connection(
                flow.protocol(),
                name,
                flow.client(),
                flow.service(),
                flow.backend(),
                flow.has(FlowFlag.MASQUERADED) ? flow.masquerade() : flow.source(),
                flow.backendId(),
                ConnectionState.of(group.state()),
                Duration.ofNanos(now - flow.created()),
                Duration.ofNanos(now - group.lastSeen()),
                Duration.ofNanos(group.expiresIn(timeouts, now)),
                forward.map(Flow::packets).orElse(0L),
                forward.map(Flow::bytes).orElse(0L),
                reply.map(Flow::packets).orElse(0L),
                reply.map(Flow::bytes).orElse(0L));
    }
}
