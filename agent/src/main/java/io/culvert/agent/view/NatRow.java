// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;

/// One element of `nat list`: a connection whose backend sees another address or port than the client's.
///
/// @param serviceName `namespace/name:port`; empty where the Service is gone or nobody knows names
/// @param masquerade what the backend sees as its peer
/// @param state `opening`, `established` or `closed`
/// @param expiresInSeconds if no packet comes
public record NatRow(
        String protocol,
        String serviceName,
        SocketRow client,
        SocketRow service,
        SocketRow masquerade,
        SocketRow backend,
        String state,
        double ageSeconds,
        double idleSeconds,
        double expiresInSeconds) {

    /// Those of the connections that have such a backend, in the same order.
    public static List<NatRow> of(List<ConnectionRow> connections) {
        return connections.stream()
                .filter(row -> !row.source().equals(row.client()))
                .map(NatRow::of)
                .toList();
    }

    private static NatRow of(ConnectionRow row) {
        return new NatRow(
                row.protocol(),
                row.serviceName(),
                row.client(),
                row.service(),
                row.source(),
                row.backend(),
                row.state(),
                row.ageSeconds(),
                row.idleSeconds(),
                row.expiresInSeconds());
    }

    public static List<Column<NatRow>> columns() {
        return List.of(
                Column.of("Protocol", NatRow::protocol),
                Column.of("Client", row -> row.client().toString()),
                Column.of("Frontend", row -> row.service().toString()),
                Column.of("Service", row -> Text.orDash(row.serviceName())),
                Column.of("Masquerade", row -> row.masquerade().toString()),
                Column.of("Backend", row -> row.backend().toString()),
                Column.of("State", NatRow::state),
                Column.wide("Age", row -> Text.seconds(row.ageSeconds())),
                Column.wide("Idle", row -> Text.seconds(row.idleSeconds())),
                Column.of("Expires", row -> Text.seconds(row.expiresInSeconds())));
    }
}
