// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.maps.MapSummary;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One element of `map list`.
///
/// @param used entries in use; null where the kernel cannot say (storage of sockets)
/// @param maxEntries room; grows where `growable`
public record MapRow(
        String name,
        String type,
        @Nullable Integer used,
        int maxEntries,
        int keySize,
        int valueSize,
        boolean growable) {

    public static MapRow of(MapSummary map) {
        return new MapRow(
                map.name(),
                map.type().toLowerCase(Locale.ROOT),
                map.used().isPresent() ? map.used().getAsInt() : null,
                map.maxEntries(),
                map.keySize(),
                map.valueSize(),
                map.growable());
    }

    public static List<Column<MapRow>> columns() {
        return List.of(
                Column.of("Name", MapRow::name),
                Column.of("Type", MapRow::type),
                Column.of("Used", row -> row.used() == null ? "-" : row.used().toString()),
                Column.of("Max Entries", row -> Integer.toString(row.maxEntries())),
                Column.wide("Key", row -> row.keySize() + " B"),
                Column.wide("Value", row -> row.valueSize() + " B"),
                Column.wide("Grows", row -> row.growable() ? "yes" : "no"));
    }
}
