// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.maps.IpPort;
import io.culvert.servicelb.conntrack.Connection;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

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
                connection.name().map(ConnectionRow::text).orElse(""),
                socket(connection.client()),
                socket(connection.service()),
                socket(connection.backend()),
                socket(connection.source()),
                connection.backendId(),
                connection.state().toString(),
                seconds(connection.age()),
                seconds(connection.idle()),
                seconds(connection.expiresIn()),
                connection.sent(),
                connection.sentBytes(),
                connection.received(),
                connection.receivedBytes());
    }

    private static String text(ServicePortName name) {
        return name.service() + (name.portName().isEmpty() ? "" : ":" + name.portName());
    }

    private static SocketRow socket(IpPort socket) {
        return new SocketRow(socket.address().toString(), socket.port());
    }

    private static double seconds(Duration duration) {
        return Math.round(duration.toNanos() / 1e6) / 1e3;
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
                Column.wide("Age", row -> rounded(row.ageSeconds())),
                Column.of("Idle", row -> rounded(row.idleSeconds())),
                Column.of("Expires", row -> rounded(row.expiresInSeconds())),
                Column.wide("Sent", row -> row.sentPackets() + "/" + row.sentBytes() + " B"),
                Column.wide("Received", row -> row.receivedPackets() + "/" + row.receivedBytes() + " B"));
    }

    private static String rounded(double seconds) {
        return String.format(Locale.ROOT, "%.0fs", seconds);
    }
}
