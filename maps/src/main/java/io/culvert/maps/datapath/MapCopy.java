// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.MapType;
import io.culvert.loader.UpdateMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Copies everything in a map into a larger one while nobody but programs that only read uses them.
final class MapCopy {

    private static final int BATCH = 1024;

    private MapCopy() {}

    static void copy(BpfMap from, BpfMap to) {
        try (Arena arena = Arena.ofConfined()) {
            if (from.info().type() == MapType.ARRAY) {
                MemorySegment source = from.mmap(arena);
                to.mmap(arena).asSlice(0, source.byteSize()).copyFrom(source);
            } else {
                copyEntries(from, to, arena);
            }
        }
    }

    private static void copyEntries(BpfMap from, BpfMap to, Arena arena) {
        long keySize = from.info().keySize();
        long valueSize = from.info().valueBytes();
        MemorySegment keys = arena.allocate(BATCH * keySize, Long.BYTES);
        MemorySegment values = arena.allocate(BATCH * valueSize, Long.BYTES);
        int[] count = {0};
        from.batches().forEach((key, value) -> {
            keys.asSlice(count[0] * keySize, keySize).copyFrom(key);
            values.asSlice(count[0] * valueSize, valueSize).copyFrom(value);
            count[0]++;
            if (count[0] == BATCH) {
                to.batches().update(keys, values, BATCH, UpdateMode.ANY);
                count[0] = 0;
            }
        });
        to.batches().update(keys, values, count[0], UpdateMode.ANY);
    }
}
