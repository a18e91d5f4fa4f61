// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import java.nio.file.Path;
import java.util.Map;

/// How to open a [Datapath].
///
/// @param bpffs directory of the pins, on a bpf file system, for example `/sys/fs/bpf/culvert`
/// @param objects where the programs come from
/// @param entries sizes by map, where others than those of `maps.h` are wanted; of a ring, bytes
/// @param settings written into the programs
public record DatapathConfig(
        Path bpffs, ObjectSource objects, Map<String, Integer> entries, DatapathSettings settings) {

    private static final int PAGE = 4096;

    public DatapathConfig {
        entries = Map.copyOf(entries);
        entries.forEach((map, count) -> {
            Table<?, ?> table =
                    Tables.named(map).orElseThrow(() -> new IllegalArgumentException("no map is called " + map));
            if (count < 1) {
                throw new IllegalArgumentException(
                        Tables.configurationKey(map) + ": not a number of entries: " + count);
            }
            if (table.kind() == Table.Kind.RING && (count < PAGE || Integer.bitCount(count) != 1)) {
                throw new IllegalArgumentException(Tables.configurationKey(map)
                        + ": a ring has a power of two of bytes, at least " + PAGE + ": " + count);
            }
        });
    }

    /// Built-in objects, sizes and settings.
    public static DatapathConfig of(Path bpffs) {
        return new DatapathConfig(bpffs, ObjectSource.builtIn(), Map.of(), DatapathSettings.DEFAULT);
    }

    public DatapathConfig withEntries(Map<String, Integer> other) {
        return new DatapathConfig(bpffs, objects, other, settings);
    }

    public DatapathConfig withSettings(DatapathSettings other) {
        return new DatapathConfig(bpffs, objects, entries, other);
    }
}
