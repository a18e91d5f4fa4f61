// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.Table;
import io.culvert.maps.layout.LayoutConversion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A map of an earlier layout, and how its entries become those of this one.
final class EarlierMap implements AutoCloseable {

    private final BpfMap map;
    private final Table<?, ?> table;
    private final LayoutConversion key;
    private final LayoutConversion value;

    EarlierMap(BpfMap map, Table<?, ?> table, LayoutConversion key, LayoutConversion value) {
        this.map = map;
        this.table = table;
        this.key = key;
        this.value = value;
    }

    int entries() {
        return map.info().maxEntries();
    }

    /// Converts every entry.
    void copyTo(BpfMap copy) {
        switch (table.kind()) {
            case MAPPED_ARRAY -> copyMemoryTo(copy);
            case HASH -> copyEntriesTo(copy, false);
            case PER_CPU_ARRAY, SOCKET_STORAGE, PROGRAMS, DEVICES, RING ->
                throw new IllegalStateException(table.name());
        }
    }

    /// Converts the entries whose keys the copy does not have.
    void copyMissingTo(BpfMap copy) {
        copyEntriesTo(copy, true);
    }

    private void copyMemoryTo(BpfMap copy) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = map.mmap(arena);
            MemorySegment to = copy.mmap(arena);
            long fromStride = map.info().valueStride();
            long toStride = copy.info().valueStride();
            for (long i = 0; i < map.info().maxEntries(); i++) {
                value.convert(from.asSlice(i * fromStride, fromStride), to.asSlice(i * toStride, toStride));
            }
        }
    }

    private void copyEntriesTo(BpfMap copy, boolean missing) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment newKey = arena.allocate(table.key().size(), Long.BYTES);
            MemorySegment newValue = arena.allocate(table.value().size(), Long.BYTES);
            MemorySegment present = arena.allocate(table.value().size(), Long.BYTES);
            map.batches().forEach((oldKey, oldValue) -> {
                key.convert(oldKey, newKey);
                if (!missing || !copy.lookup(newKey, present)) {
                    value.convert(oldValue, newValue);
                    copy.update(newKey, newValue, UpdateMode.ANY);
                }
            });
        }
    }

    @Override
    public void close() {
        map.close();
    }
}
