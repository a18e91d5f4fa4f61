// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.function.BiConsumer;

/// Many entries of a map for one system call (kernel 5.6). Keys and values lie one after the other without
/// gaps, each value [MapInfo#valueBytes()] long. Where a map type has no batch operations, entries are
/// handled one by one.
public final class MapBatches {

    static final Set<Errno> UNSUPPORTED = Set.of(Errno.ENOTSUPP, Errno.EOPNOTSUPP);
    private final BpfMap map;
    private final int keySize;
    private final int valueSize;

    MapBatches(BpfMap map) {
        this.map = map;
        this.keySize = map.info().keySize();
        this.valueSize = map.info().valueBytes();
    }

    /// Writes entries in order.
    ///
    /// @throws SystemCallException naming how many were written before the one that failed, for example with
    /// E2BIG
    public void update(MemorySegment keys, MemorySegment values, int count, UpdateMode mode) {
        requireRoom(keys, values, count);
        if (count == 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            CStruct options = CStruct.allocate(arena, CStruct.MAP_BATCH_OPTS).set("elem_flags", mode.flag());
            MemorySegment done = arena.allocateFrom(JAVA_INT, count);
            int result = LibbpfMaps.updateBatch(map.fd(), keys, values, done, options.memory());
            if (result >= 0) {
                return;
            }
            Errno errno = Errno.ofResult(result);
            if (!UNSUPPORTED.contains(errno)) {
                throw map.failure("write entry " + done.get(JAVA_INT, 0) + " of " + count + " to", errno);
            }
        }
        for (int i = 0; i < count; i++) {
            map.update(
                    keys.asSlice((long) i * keySize, keySize), values.asSlice((long) i * valueSize, valueSize), mode);
        }
    }

    /// Removes entries; a key that has none is passed over.
    ///
    /// @return how many were removed
    public int delete(MemorySegment keys, int count) {
        requireRoom(keys, MemorySegment.NULL, count);
        int deleted = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options =
                    CStruct.allocate(arena, CStruct.MAP_BATCH_OPTS).memory();
            MemorySegment done = arena.allocate(JAVA_INT);
            int next = 0;
            while (next < count) {
                done.set(JAVA_INT, 0, count - next);
                int result = LibbpfMaps.deleteBatch(map.fd(), keys.asSlice((long) next * keySize), done, options);
                Errno errno = Errno.ofResult(result);
                if (result < 0 && UNSUPPORTED.contains(errno)) {
                    return deleted + deleteSingly(keys, next, count);
                }
                deleted += done.get(JAVA_INT, 0);
                next += done.get(JAVA_INT, 0);
                if (result < 0 && !errno.equals(Errno.ENOENT)) {
                    throw map.failure("delete entry " + next + " of " + count + " from", errno);
                }
                next += result < 0 ? 1 : 0;
            }
        }
        return deleted;
    }

    private int deleteSingly(MemorySegment keys, int from, int count) {
        int deleted = 0;
        for (int i = from; i < count; i++) {
            deleted += map.delete(keys.asSlice((long) i * keySize, keySize)) ? 1 : 0;
        }
        return deleted;
    }

    /// Shows every entry to `consumer`, key first. The segments are reused: copy what is to last. Entries
    /// that come or go meanwhile may be shown or not; in a hash an entry that stays is shown exactly once.
    public void forEach(BiConsumer<MemorySegment, MemorySegment> consumer) {
        try (Arena arena = Arena.ofConfined()) {
            new MapScan(map, arena).forEach(consumer);
        }
    }

    private void requireRoom(MemorySegment keys, MemorySegment values, int count) {
        if (keys.byteSize() < (long) count * keySize
                || (values.address() != 0 && values.byteSize() < (long) count * valueSize)) {
            throw new IllegalArgumentException("segments too short for " + count + " entries of " + map);
        }
    }
}
