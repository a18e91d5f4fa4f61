// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.servicelb.affinity.AffinityEntry;
import java.util.List;

/// One element of `affinity list`: where the next connection of a client goes.
///
/// @param serviceName `namespace/name:port`; empty where nobody knows names
/// @param protocol empty where nobody knows names
/// @param service number of the Service port and family in the kernel's tables
/// @param ageSeconds since the client's last new connection
/// @param remainingSeconds until it is forgotten if no new connection comes
public record AffinityRow(
        String serviceName,
        String protocol,
        int service,
        String client,
        SocketRow backend,
        double ageSeconds,
        double remainingSeconds) {

    public static AffinityRow of(AffinityEntry entry) {
        return new AffinityRow(
                entry.name().map(Text::port).orElse(""),
                entry.name().map(name -> name.protocol().name()).orElse(""),
                entry.service(),
                entry.client().toString(),
                new SocketRow(
                        entry.backend().address().toString(), entry.backend().port()),
                Text.seconds(entry.age()),
                Text.seconds(entry.remaining()));
    }

    /// Whether it is of a Service, by `namespace/name`.
    public boolean isOf(String wanted) {
        return serviceName.equals(wanted) || serviceName.startsWith(wanted + ":");
    }

    public static List<Column<AffinityRow>> columns() {
        return List.of(
                Column.of("Service", row -> row.serviceName().isEmpty() ? "#" + row.service() : row.serviceName()),
                Column.of("Protocol", row -> Text.orDash(row.protocol())),
                Column.of("Client", AffinityRow::client),
                Column.of("Backend", row -> row.backend().toString()),
                Column.of("Age", row -> Text.seconds(row.ageSeconds())),
                Column.of("Remaining", row -> Text.seconds(row.remainingSeconds())));
    }
}
