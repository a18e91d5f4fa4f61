// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/// Names of backends, and the array `backends` that says which of them are published.
///
/// An id is 32 bits: an index of 20 bits, which is never 0, and above it how often that index was reused, modulo
/// 4096. Indexes are reused in the order of their release and not before their quarantine, so that an id comes back
/// after at least 4096 rounds through the whole array.
///
/// The entry at the index holds the id while it is published. Afterwards it holds the reuse count that the next id
/// will have, above an index of 0: no id equals that, and the count survives a restart without a look at flows and
/// sockets that may still hold old ids.
///
/// Safe for use by several threads of one process.
public final class BackendIds {

    static final int INDEX_BITS = 20;
    static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

    private static final VarHandle ID = JAVA_INT.varHandle();

    private final ArrayMemory memory;
    private final IndexPool pool;
    private final Growth growth;

    /// @param backends memory of the map `backends`
    /// @param growth called when no index is free
    public BackendIds(ArrayMemory backends, Quarantine quarantine, Growth growth) {
        this.memory = backends;
        this.pool = new IndexPool(1, Math.min(backends.entries(), 1 << INDEX_BITS), quarantine);
        this.growth = growth;
    }

    /// Makes a new id and publishes it.
    ///
    /// @throws MapFullException if none is free and the map cannot grow
    public synchronized int allocate() {
        int index = takeIndex();
        int entry = get(index);
        // An occupied entry means that another writer was here; its id must not come back.
        int reuse = index(entry) == 0 ? reuseCount(entry) : reuseCount(entry) + 1;
        int id = id(index, reuse);
        set(index, id);
        return id;
    }

    private int takeIndex() {
        pool.extend(Math.min(memory.entries(), 1 << INDEX_BITS));
        OptionalInt index = pool.take();
        if (index.isEmpty()) {
            int wanted = memory.entries() + 1;
            if (wanted > 1 << INDEX_BITS) {
                throw new MapFullException("publish a backend in", memory.map(), pool.capacity());
            }
            growth.grow(memory.map(), wanted);
            pool.extend(Math.min(memory.entries(), 1 << INDEX_BITS));
            index = pool.take();
        }
        return index.orElseThrow(() -> new IllegalStateException("growth of " + memory.map() + " gave no room"));
    }

    /// Takes an id back: flows that hold it see that their backend no longer serves.
    ///
    /// @throws IllegalStateException if the id is not allocated
    public synchronized void release(int id) {
        int index = index(id);
        if (!pool.isUsed(index)) {
            throw new IllegalStateException("backend id " + text(id) + " is not allocated");
        }
        pool.release(index);
        set(index, vacant(id));
    }

    /// Takes over what an agent before this one left: `live` are the ids in published extents. Call it before the
    /// first [#allocate]. Entries that no extent holds are given free, and missing ones are published again: a
    /// process that died between two steps leaves either.
    ///
    /// @return how many entries were put right
    public synchronized int adopt(Collection<Integer> live) {
        int entries = Math.min(memory.entries(), 1 << INDEX_BITS);
        int repaired = 0;
        BitSet kept = new BitSet();
        for (int id : live) {
            int index = index(id);
            if (index == 0 || index >= entries) {
                continue;
            }
            kept.set(index);
            pool.claim(index);
            if (get(index) != id) {
                set(index, id);
                repaired++;
            }
        }
        for (int index = 1; index < entries; index++) {
            if (!kept.get(index) && index(get(index)) != 0) {
                set(index, vacant(get(index)));
                repaired++;
                if (pool.isUsed(index)) {
                    pool.release(index);
                }
            }
        }
        return repaired;
    }

    /// Whether flows that hold this id may go on.
    public synchronized boolean isPublished(int id) {
        int index = index(id);
        return index != 0 && index < memory.entries() && get(index) == id;
    }

    /// Ids that another writer published: their index is not allocated.
    public synchronized List<Integer> strays() {
        List<Integer> strays = new ArrayList<>();
        int entries = Math.min(memory.entries(), 1 << INDEX_BITS);
        for (int index = 1; index < entries; index++) {
            int entry = get(index);
            if (index(entry) != 0 && !pool.isUsed(index)) {
                strays.add(id(index, reuseCount(entry)));
            }
        }
        return strays;
    }

    /// Takes back what another writer published at an index that is not allocated.
    public synchronized void removeStray(int id) {
        if (!pool.isUsed(index(id))) {
            set(index(id), vacant(id));
        }
    }

    /// Publishes an allocated id again, over which another writer wrote.
    ///
    /// @throws IllegalStateException if the id is not allocated
    public synchronized void restore(int id) {
        if (!pool.isUsed(index(id))) {
            throw new IllegalStateException("backend id " + text(id) + " is not allocated");
        }
        set(index(id), id);
    }

    /// How many ids are allocated.
    public synchronized int used() {
        return pool.used();
    }

    /// How many can be allocated before the map grows.
    public synchronized int capacity() {
        return Math.min(memory.entries(), 1 << INDEX_BITS) - 1;
    }

    private int get(int index) {
        ArrayMemory.View view = memory.view();
        return (int) ID.getAcquire(view.memory(), view.offset(index));
    }

    private void set(int index, int value) {
        ArrayMemory.View view = memory.view();
        ID.setRelease(view.memory(), view.offset(index), value);
    }

    private static int vacant(int id) {
        return id(0, reuseCount(id) + 1);
    }

    static int id(int index, int reuse) {
        return reuse << INDEX_BITS | index;
    }

    /// The index of an id in `backends`.
    public static int index(int id) {
        return id & INDEX_MASK;
    }

    static int reuseCount(int id) {
        return id >>> INDEX_BITS;
    }

    /// An id for people: `index/reuse count`.
    public static String text(int id) {
        return index(id) + "/" + reuseCount(id);
    }
}
