// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;

/// One pass over the entries of a map, in batches where the map type has them.
final class MapScan {

    private static final int ENTRIES = 4096;

    /// The position in a hash is a bucket number, in other maps a key.
    private static final int SMALLEST_POSITION = 8;

    private final BpfMap map;
    private final Arena arena;
    private final int keySize;
    private final int valueSize;
    private int capacity;
    private MemorySegment keys;
    private MemorySegment values;

    MapScan(BpfMap map, Arena arena) {
        this.map = map;
        this.arena = arena;
        this.keySize = map.info().keySize();
        this.valueSize = map.info().valueBytes();
        this.capacity = Math.clamp(map.info().maxEntries(), 1, ENTRIES);
        this.keys = allocate((long) capacity * keySize);
        this.values = allocate((long) capacity * valueSize);
    }

    private MemorySegment allocate(long bytes) {
        return arena.allocate(bytes, Long.BYTES);
    }

    void forEach(BiConsumer<MemorySegment, MemorySegment> consumer) {
        MemorySegment position = MemorySegment.NULL;
        MemorySegment next = allocate(Math.max(keySize, SMALLEST_POSITION));
        MemorySegment count = arena.allocate(JAVA_INT);
        MemorySegment options = CStruct.allocate(arena, CStruct.MAP_BATCH_OPTS).memory();
        while (true) {
            count.set(JAVA_INT, 0, capacity);
            int result = LibbpfMaps.lookupBatch(map.fd(), position, next, keys, values, count, options);
            Errno errno = Errno.ofResult(result);
            if (result < 0 && errno.equals(Errno.ENOSPC)) {
                grow();
            } else if (result < 0 && MapBatches.UNSUPPORTED.contains(errno)) {
                forEachSingly(consumer);
                return;
            } else if (result < 0 && !errno.equals(Errno.ENOENT)) {
                throw map.failure("list", errno);
            } else {
                show(count.get(JAVA_INT, 0), consumer);
                if (result < 0) {
                    return;
                }
                position = allocate(next.byteSize()).copyFrom(next);
            }
        }
    }

    /// One bucket of a hash holds more entries than the buffers.
    private void grow() {
        capacity *= 2;
        keys = allocate((long) capacity * keySize);
        values = allocate((long) capacity * valueSize);
    }

    private void show(int count, BiConsumer<MemorySegment, MemorySegment> consumer) {
        for (int i = 0; i < count; i++) {
            consumer.accept(keys.asSlice((long) i * keySize, keySize), values.asSlice((long) i * valueSize, valueSize));
        }
    }

    private void forEachSingly(BiConsumer<MemorySegment, MemorySegment> consumer) {
        MemorySegment key = allocate(keySize);
        MemorySegment next = allocate(keySize);
        MemorySegment value = allocate(valueSize);
        boolean more = map.nextKey(MemorySegment.NULL, next);
        while (more) {
            key.copyFrom(next);
            if (map.lookup(key, value)) {
                consumer.accept(key, value);
            }
            more = map.nextKey(key, next);
        }
    }
}
