// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.BpfMap;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.ArrayMemory;
import io.culvert.maps.BackendIds;
import io.culvert.maps.ExtentStore;
import io.culvert.maps.Growth;
import io.culvert.maps.Quarantine;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/// Maps of programs that are measured by test runs, written as the agent does it.
final class BenchTables implements Closeable {

    private final Arena arena = Arena.ofShared();
    private final Function<String, BpfMap> maps;
    private final ExtentStore extents;
    private final BackendIds ids;

    /// @param maps by name
    BenchTables(Function<String, BpfMap> maps) {
        this.maps = maps;
        this.extents =
                new ExtentStore(memory(Tables.SERVICES), memory(Tables.SLOTS), Quarantine.STANDARD, Growth.NEVER);
        this.ids = new BackendIds(memory(Tables.BACKENDS), Quarantine.STANDARD, Growth.NEVER);
    }

    ExtentStore extents() {
        return extents;
    }

    BackendIds ids() {
        return ids;
    }

    <K, V> void put(Table<K, V> table, K key, V value) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment keyBytes = call.allocate(table.key().size(), Long.BYTES);
            MemorySegment valueBytes = call.allocate(table.value().size(), Long.BYTES);
            table.key().write(keyBytes, 0, key);
            table.value().write(valueBytes, 0, value);
            maps.apply(table.name()).update(keyBytes, valueBytes, UpdateMode.ANY);
        }
    }

    private ArrayMemory memory(Table<Integer, ?> table) {
        return ArrayMemory.of(table.name(), maps.apply(table.name()), arena);
    }

    @Override
    public void close() {
        arena.close();
    }
}
