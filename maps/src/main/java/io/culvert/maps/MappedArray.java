// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.BpfMap;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// An array map through mapped memory: reading and writing is a copy, without a system call and without an order
/// among writes. The memory is mapped when it is asked for first: all of it counts as this process's from then on.
///
/// @param <V> value
public final class MappedArray<V> implements AutoCloseable {

    private final Codec<V> codec;
    private final String name;
    private volatile @Nullable ArrayMemory memory;
    private volatile int entries;
    private Arena arena;
    /// The memory before the last growth: others may still be reading it.
    private @Nullable Arena retired;
    private BpfMap map;

    /// Takes over `map`, which has [io.culvert.loader.MapFlag#MMAPABLE], and closes it in the end.
    public MappedArray(String name, Codec<V> codec, BpfMap map) {
        this.codec = codec;
        this.map = map;
        this.name = name;
        this.arena = Arena.ofShared();
        this.entries = map.info().maxEntries();
    }

    /// Reads one value.
    ///
    /// @throws IndexOutOfBoundsException if there is no such entry
    public V get(int index) {
        ArrayMemory.View view = memory().view();
        return codec.read(view.memory(), view.offset(index));
    }

    /// Writes one value. A program may read it half written: publish with a release store where that matters.
    ///
    /// @throws IndexOutOfBoundsException if there is no such entry
    public void set(int index, V value) {
        ArrayMemory.View view = memory().view();
        codec.write(view.memory(), view.offset(index), value);
    }

    public int maxEntries() {
        return entries;
    }

    /// The memory itself, for those who need an order among writes.
    public ArrayMemory memory() {
        ArrayMemory present = memory;
        return present == null ? mapped() : present;
    }

    private synchronized ArrayMemory mapped() {
        ArrayMemory present = memory;
        if (present == null) {
            present = ArrayMemory.of(name, map, arena);
            memory = present;
        }
        return present;
    }

    synchronized BpfMap map() {
        return map;
    }

    /// Goes on with a larger map that begins with the same values. Whoever reads the old memory may go on until the
    /// next growth.
    synchronized void replace(BpfMap larger) {
        Arena newArena = Arena.ofShared();
        int more = larger.info().maxEntries();
        ArrayMemory present = memory;
        if (present != null) {
            present.replace(larger.mmap(newArena), more);
        }
        entries = more;
        closeRetired();
        retired = arena;
        arena = newArena;
        map.close();
        map = larger;
    }

    @Override
    public synchronized void close() {
        closeRetired();
        arena.close();
        map.close();
    }

    private void closeRetired() {
        if (retired != null) {
            retired.close();
            retired = null;
        }
    }
}
