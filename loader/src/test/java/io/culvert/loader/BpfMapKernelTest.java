// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.testkit.KernelTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@KernelTest
class BpfMapKernelTest {

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment key = arena.allocate(JAVA_INT);
    private final MemorySegment value = arena.allocate(JAVA_LONG);

    @AfterEach
    void close() {
        arena.close();
    }

    private MemorySegment key(int number) {
        key.set(JAVA_INT, 0, number);
        return key;
    }

    private MemorySegment value(long number) {
        value.set(JAVA_LONG, 0, number);
        return value;
    }

    private static BpfMap hash(int entries) {
        return BpfMap.create(MapSpec.of("culvert_test", MapType.HASH, Integer.BYTES, Long.BYTES, entries));
    }

    @Test
    void whatIsWrittenIsRead() {
        try (BpfMap map = hash(2)) {
            assertThat(map.lookup(key(1), value)).isFalse();
            map.update(key(1), value(10), UpdateMode.CREATE);
            map.update(key(1), value(11), UpdateMode.REPLACE);
            value(0);
            assertThat(map.lookup(key(1), value)).isTrue();
            assertThat(value.get(JAVA_LONG, 0)).isEqualTo(11);
            assertThat(map.delete(key(1))).isTrue();
            assertThat(map.delete(key(1))).isFalse();
        }
    }

    @Test
    void updateModesAreTheKernels() {
        try (BpfMap map = hash(2)) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> map.update(key(1), value(1), UpdateMode.REPLACE))
                    .matches(e -> e.is(Errno.ENOENT));
            map.update(key(1), value(1), UpdateMode.ANY);
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> map.update(key(1), value(1), UpdateMode.CREATE))
                    .withMessage("update map culvert_test: File exists (EEXIST)");
        }
    }

    @Test
    void fullMapSaysHowMuchItHolds() {
        try (BpfMap map = hash(1)) {
            map.update(key(1), value(1), UpdateMode.ANY);
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> map.update(key(2), value(1), UpdateMode.ANY))
                    .withMessage("update map culvert_test: Argument list too long (E2BIG); it holds at most 1 entries");
        }
    }

    @Test
    void memoryThatIsTooShortIsRefusedBeforeTheKernelSeesIt() {
        try (BpfMap map = hash(1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> map.lookup(key(1), arena.allocate(4)))
                    .withMessage("value of map culvert_test has 8 bytes, not 4");
            assertThatIllegalArgumentException().isThrownBy(() -> map.delete(arena.allocate(3)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> map.batches().update(arena.allocate(4), arena.allocate(8), 2, UpdateMode.ANY));
        }
    }

    @Test
    void infoIsWhatWasAskedFor() {
        MapSpec spec = MapSpec.of("culvert_test", MapType.LPM_TRIE, 20, 4, 7, MapFlag.NO_PREALLOC);
        try (BpfMap map = BpfMap.create(spec)) {
            MapInfo info = map.info();
            assertThat(info.id()).isPositive();
            assertThat(new MapSpec(
                            info.name(),
                            info.type(),
                            info.keySize(),
                            info.valueSize(),
                            info.maxEntries(),
                            info.flags(),
                            spec.inner()))
                    .isEqualTo(spec);
        }
    }

    /// SK_STORAGE has no batches and no keys to list; all others list, with batches or without.
    @ParameterizedTest
    @EnumSource(names = {"HASH", "LRU_HASH", "ARRAY", "PERCPU_HASH", "PERCPU_ARRAY", "LPM_TRIE"})
    void manyEntriesAreWrittenListedAndRemoved(MapType type) {
        boolean array = type == MapType.ARRAY || type == MapType.PERCPU_ARRAY;
        boolean trie = type == MapType.LPM_TRIE;
        int keySize = trie ? 8 : 4;
        int count = 10_000;
        MapFlag[] flags = trie ? new MapFlag[] {MapFlag.NO_PREALLOC} : new MapFlag[0];
        try (BpfMap map = BpfMap.create(
                MapSpec.of("culvert_test", type, keySize, 8, type == MapType.LRU_HASH ? 4 * count : count, flags))) {
            int valueBytes = map.info().valueBytes();
            MemorySegment keys = arena.allocate((long) keySize * count, 8);
            MemorySegment values = arena.allocate((long) valueBytes * count, 8);
            for (int i = 0; i < count; i++) {
                if (trie) {
                    keys.set(JAVA_INT, (long) i * keySize, 32);
                }
                keys.set(JAVA_INT, (long) (i + 1) * keySize - 4, i);
                values.set(JAVA_LONG, (long) i * valueBytes, 3L * i);
            }
            map.batches().update(keys, values, count, UpdateMode.ANY);
            assertThat(list(map))
                    .hasSizeGreaterThanOrEqualTo(count)
                    .satisfies(found -> IntStream.range(0, count)
                            .forEach(i -> assertThat(found).containsEntry(i, 3L * i)));
            if (!array) {
                assertThat(map.batches().delete(keys, count / 2)).isEqualTo(count / 2);
                assertThat(map.batches().delete(keys, count)).isEqualTo(count - count / 2);
                assertThat(list(map)).isEmpty();
            }
        }
    }

    private static Map<Integer, Long> list(BpfMap map) {
        Map<Integer, Long> found = new HashMap<>();
        map.batches()
                .forEach((key, value) -> assertThat(
                                found.put(key.get(JAVA_INT, key.byteSize() - 4), value.get(JAVA_LONG, 0)))
                        .as("an entry is shown once")
                        .isNull());
        return found;
    }

    @Test
    void batchThatDoesNotFitSaysHowFarItGot() {
        try (BpfMap map = hash(3)) {
            MemorySegment keys = arena.allocateFrom(JAVA_INT, 1, 2, 3, 4, 5);
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> map.batches().update(keys, arena.allocate(JAVA_LONG, 5), 5, UpdateMode.ANY))
                    .withMessage("write entry 3 of 5 to map culvert_test: Argument list too long (E2BIG);"
                            + " it holds at most 3 entries");
            assertThat(list(map)).containsOnlyKeys(1, 2, 3);
        }
    }

    @Test
    void emptyMapListsNothing() {
        try (BpfMap map = hash(3)) {
            assertThat(list(map)).isEmpty();
            assertThat(map.nextKey(MemorySegment.NULL, key)).isFalse();
            map.batches().update(key, value, 0, UpdateMode.ANY);
            assertThat(map.batches().delete(key, 0)).isZero();
        }
    }

    @Test
    void mappedArrayAndSystemCallsSeeTheSameMemory() {
        MapSpec spec = MapSpec.of("culvert_test", MapType.ARRAY, 4, 12, 1000, MapFlag.MMAPABLE);
        try (BpfMap map = BpfMap.create(spec)) {
            MemorySegment memory = map.mmap(arena);
            assertThat(memory.byteSize()).isEqualTo(16_000);
            memory.set(JAVA_LONG, 999L * map.info().valueStride(), 42);
            MemorySegment read = arena.allocate(12, 8);
            assertThat(map.lookup(key(999), read)).isTrue();
            assertThat(read.get(JAVA_LONG, 0)).isEqualTo(42);
        }
    }

    @Test
    void mapThatIsNotMappableSaysSo() {
        try (BpfMap map = hash(1)) {
            assertThatExceptionOfType(InvalidObjectException.class)
                    .isThrownBy(() -> map.mmap(arena))
                    .withMessage("map the memory of map culvert_test: it was created without MMAPABLE");
        }
    }

    @Test
    void mapOfMapsGivesIds() {
        try (BpfMap inner = hash(5);
                BpfMap outer = BpfMap.create(MapSpec.ofMaps("culvert_outer", MapType.HASH_OF_MAPS, 4, 3, inner))) {
            outer.update(key(7), inner, UpdateMode.ANY);
            MemorySegment id = arena.allocate(JAVA_INT);
            assertThat(outer.lookup(key(7), id)).isTrue();
            assertThat(id.get(JAVA_INT, 0)).isEqualTo(inner.info().id());
        }
    }

    @Test
    void frozenMapIsReadOnlyForUserSpace() {
        try (BpfMap map = hash(1)) {
            map.freeze();
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> map.update(key(1), value(1), UpdateMode.ANY))
                    .matches(e -> e.is(Errno.EPERM));
        }
    }

    @Test
    void closedMapIsGoneUnlessPinned() {
        BpfMap map = hash(1);
        map.close();
        map.close();
        assertThat(map.fd()).isEqualTo(-1);
        assertThat(BpfMap.byId(map.info().id())).isEmpty();
    }

    @Test
    void impossibleMapIsRefusedWithTheReason() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> hash(0))
                .withMessage("create map culvert_test: Invalid argument (EINVAL)");
    }
}
