// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.maps.IpPort;
import io.culvert.servicelb.conntrack.Connection;
import java.util.List;

/// One element of `conntrack list`: a connection that is translated packet by packet.
///
/// @param serviceName `namespace/name:port`; empty where the Service is gone or nobody knows names
/// @param source what the backend sees as its peer
/// @param state `opening`, `established` or `closed`
/// @param expiresInSeconds if no packet comes
public record ConnectionRow(
        String protocol,
        String serviceName,
        SocketRow client,
        SocketRow service,
        SocketRow backend,
        SocketRow source,
        int backendId,
        String state,
        double ageSeconds,
        double idleSeconds,
        double expiresInSeconds,
        long sentPackets,
        long sentBytes,
        long receivedPackets,
        long receivedBytes) {

    public static ConnectionRow of(Connection connection) {
        return new ConnectionRow(
                connection.protocol().name(),
                connection.name().map(Text::port).orElse(""),
                socket(connection.client()),
                socket(connection.service()),
                socket(connection.backend()),
                socket(connection.source()),
                connection.backendId(),
                connection.state().toString(),
                Text.seconds(connection.age()),
                Text.seconds(connection.idle()),
                Text.seconds(connection.expiresIn()),
                connection.sent(),
                connection.sentBytes(),
                connection.received(),
                connection.receivedBytes());
    }

    private static SocketRow socket(IpPort socket) {
        return new SocketRow(socket.address().toString(), socket.port());
    }

    public static List<Column<ConnectionRow>> columns() {
        return List.of(
                Column.of("Protocol", ConnectionRow::protocol),
                Column.of("Client", row -> row.client().toString()),
                Column.of("Frontend", row -> row.service().toString()),
                Column.of("Service", row -> Text.orDash(row.serviceName())),
                Column.of("Backend", row -> row.backend().toString()),
                Column.of("State", ConnectionRow::state),
                Column.wide("Source", row -> row.source().toString()),
                Column.wide("Age", row -> Text.seconds(row.ageSeconds())),
                Column.of("Idle", row -> Text.seconds(row.idleSeconds())),
                Column.of("Expires", row -> Text.seconds(row.expiresInSeconds())),
                Column.wide("Sent", row -> row.sentPackets() + "/" + row.sentBytes() + " B"),
                Column.wide("Received", row -> row.receivedPackets() + "/" + row.receivedBytes() + " B"));
    }
}
