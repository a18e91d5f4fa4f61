// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.BpfMap;
import io.culvert.loader.Errno;
import io.culvert.loader.SystemCallException;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// A hash map, or a trie, with typed keys and values. Single accesses cost a system call; [#putAll], [#removeAll]
/// and [#forEach] one for many entries.
///
/// Safe for use by several threads of one process.
///
/// @param <K> key
/// @param <V> value
public final class BpfHashMap<K, V> implements AutoCloseable {

    private static final int BATCH = 1024;

    private final String name;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final Growth growth;
    private final Scratch scratch;
    private BpfMap map;

    /// Takes over `map` and closes it in the end.
    ///
    /// @param name of the map, for messages
    /// @param growth called when the map is full; [Growth#NEVER] if it may not grow
    public BpfHashMap(String name, Codec<K> keys, Codec<V> values, BpfMap map, Growth growth) {
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.map = map;
        this.growth = growth;
        this.scratch = new Scratch(map.info());
    }

    /// The value of a key.
    public synchronized Optional<V> get(K key) {
        keys.write(scratch.key, 0, key);
        return map.lookup(scratch.key, scratch.value) ? Optional.of(values.read(scratch.value, 0)) : Optional.empty();
    }

    /// Adds or replaces an entry.
    ///
    /// @throws MapFullException if there is no room and the map cannot grow; nothing has changed then
    public synchronized void put(K key, V value) {
        if (!tryPut(key, value)) {
            grow("add " + key + " to", 1);
            if (!tryPut(key, value)) {
                throw new MapFullException("add " + key + " to", name, maxEntries());
            }
        }
    }

    private boolean tryPut(K key, V value) {
        keys.write(scratch.key, 0, key);
        values.write(scratch.value, 0, value);
        return unlessFull(() -> map.update(scratch.key, scratch.value, UpdateMode.ANY));
    }

    /// Removes an entry; false if there was none.
    public synchronized boolean remove(K key) {
        keys.write(scratch.key, 0, key);
        return map.delete(scratch.key);
    }

    /// Removes an entry; what it was in the moment that it went, or empty if there was none.
    public synchronized Optional<V> take(K key) {
        keys.write(scratch.key, 0, key);
        return map.take(scratch.key, scratch.value) ? Optional.of(values.read(scratch.value, 0)) : Optional.empty();
    }

    /// Adds an entry; false if the key has one, or there is no room.
    public synchronized boolean putIfAbsent(K key, V value) {
        keys.write(scratch.key, 0, key);
        values.write(scratch.value, 0, value);
        try {
            return unlessFull(() -> map.update(scratch.key, scratch.value, UpdateMode.CREATE));
        } catch (SystemCallException e) {
            if (e.is(Errno.EEXIST)) {
                return false;
            }
            throw e;
        }
    }

    /// Adds or replaces entries, [#BATCH] of them for a system call.
    ///
    /// @throws MapFullException if there is no room for all and the map cannot grow; some may have been written
    /// then
    public synchronized void putAll(Map<K, V> entries) {
        try (Arena arena = Arena.ofConfined()) {
            int room = Math.min(BATCH, Math.max(1, entries.size()));
            MemorySegment keyArray = arena.allocate(room * keys.size(), Long.BYTES);
            MemorySegment valueArray = arena.allocate(room * values.size(), Long.BYTES);
            int count = 0;
            int left = entries.size();
            for (Map.Entry<K, V> entry : entries.entrySet()) {
                keys.write(keyArray, count * keys.size(), entry.getKey());
                values.write(valueArray, count * values.size(), entry.getValue());
                count++;
                if (count == room || count == left) {
                    putBatch(keyArray, valueArray, count, left);
                    left -= count;
                    count = 0;
                }
            }
        }
    }

    private void putBatch(MemorySegment keyArray, MemorySegment valueArray, int count, int left) {
        // Writing an entry twice does no harm, so a batch that met a full map is written again as a whole.
        if (!unlessFull(() -> map.batches().update(keyArray, valueArray, count, UpdateMode.ANY))) {
            grow("add " + left + " entries to", left);
            if (!unlessFull(() -> map.batches().update(keyArray, valueArray, count, UpdateMode.ANY))) {
                throw new MapFullException("add " + left + " entries to", name, maxEntries());
            }
        }
    }

    /// Removes entries; keys without an entry are passed over.
    ///
    /// @return how many were removed
    public synchronized int removeAll(Collection<K> removed) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keyArray = arena.allocate(Math.max(1, removed.size()) * keys.size(), Long.BYTES);
            int count = 0;
            for (K key : removed) {
                keys.write(keyArray, count++ * keys.size(), key);
            }
            return map.batches().delete(keyArray, count);
        }
    }

    /// Shows every entry. Programs may change the map meanwhile: an entry that stays is shown once, one that comes
    /// or goes may be shown or not. The consumer may change the map.
    ///
    /// @throws io.culvert.maps.layout.CorruptRecordException at an entry that nobody of this layout writes
    public void forEach(BiConsumer<K, V> consumer) {
        map().batches().forEach((key, value) -> consumer.accept(keys.read(key, 0), values.read(value, 0)));
    }

    /// As [#forEach], of entries whose value is wanted; of the others nothing is built.
    void forEach(Predicate<MemorySegment> wanted, BiConsumer<K, V> consumer) {
        map().batches().forEach((key, value) -> {
            if (wanted.test(value)) {
                consumer.accept(keys.read(key, 0), values.read(value, 0));
            }
        });
    }

    /// As [#forEach], but goes on at an entry that nobody of this layout writes: it has no value. One whose key cannot
    /// be read is passed over, because no program asks for it.
    public void forEachReadable(BiConsumer<K, Optional<V>> consumer) {
        map().batches()
                .forEach((key, value) ->
                        readable(keys, key).ifPresent(readKey -> consumer.accept(readKey, readable(values, value))));
    }

    private static <T> Optional<T> readable(Codec<T> codec, MemorySegment memory) {
        try {
            return Optional.of(codec.read(memory, 0));
        } catch (CorruptRecordException e) {
            return Optional.empty();
        }
    }

    /// How many entries there are. Costs a pass through the map.
    public int count() {
        int[] count = {0};
        map().batches().forEach((key, value) -> count[0]++);
        return count[0];
    }

    /// All keys.
    public List<K> keys() {
        List<K> all = new ArrayList<>();
        map().batches().forEach((key, value) -> all.add(keys.read(key, 0)));
        return all;
    }

    public synchronized int maxEntries() {
        return map.info().maxEntries();
    }

    synchronized BpfMap map() {
        return map;
    }

    /// Goes on with a larger map that holds the same entries.
    synchronized void replace(BpfMap larger) {
        map.close();
        map = larger;
    }

    private void grow(String operation, int more) {
        try {
            growth.grow(name, Math.addExact(maxEntries(), more));
        } catch (MapFullException e) {
            MapFullException precise = new MapFullException(operation, name, maxEntries());
            precise.initCause(e);
            throw precise;
        }
    }

    private static boolean unlessFull(Runnable write) {
        try {
            write.run();
            return true;
        } catch (SystemCallException e) {
            // A hash says E2BIG, a trie ENOSPC.
            if (e.is(Errno.E2BIG) || e.is(Errno.ENOSPC)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        map.close();
        scratch.close();
    }
}
