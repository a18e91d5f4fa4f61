// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.BitSet;
import java.util.OptionalInt;

/// Which indexes of an array are in use. Indexes that were never used go first, then released ones, the longest
/// released first and none before its quarantine is over: a name is reused as late as possible.
///
/// Not safe for use by several threads.
final class IndexPool {

    private final Quarantine quarantine;
    private final BitSet used = new BitSet();
    /// Indexes that are used or in the ring.
    private final BitSet known = new BitSet();
    /// Below this every index is known.
    private int fresh;
    private int capacity;
    /// A ring of released indexes and when each was released.
    private int[] released = new int[16];
    private long[] since = new long[16];
    private int head;
    private int count;

    /// @param first the lowest index that may be given out
    IndexPool(int first, int capacity, Quarantine quarantine) {
        this.fresh = first;
        this.capacity = capacity;
        this.quarantine = quarantine;
    }

    /// Takes an index, or nothing if none is free now.
    OptionalInt take() {
        fresh = known.nextClearBit(fresh);
        if (fresh < capacity) {
            claim(fresh);
            return OptionalInt.of(fresh++);
        }
        if (count == 0 || !quarantine.isOver(since[head])) {
            return OptionalInt.empty();
        }
        int index = released[head];
        head = (head + 1) % released.length;
        count--;
        used.set(index);
        return OptionalInt.of(index);
    }

    /// Marks an index as used, as found after a restart.
    ///
    /// @return false if it is in use or was released before
    boolean claim(int index) {
        boolean free = !known.get(index);
        if (free) {
            known.set(index);
            used.set(index);
        }
        return free;
    }

    /// Gives an index back; it is free after the quarantine.
    ///
    /// @throws IllegalStateException if it is not in use
    void release(int index) {
        if (!used.get(index)) {
            throw new IllegalStateException("index " + index + " is not in use");
        }
        used.clear(index);
        if (count == released.length) {
            enlarge();
        }
        int tail = (head + count) % released.length;
        released[tail] = index;
        since[tail] = quarantine.now();
        count++;
    }

    void extend(int newCapacity) {
        capacity = Math.max(capacity, newCapacity);
    }

    boolean isUsed(int index) {
        return used.get(index);
    }

    int used() {
        return used.cardinality();
    }

    int capacity() {
        return capacity;
    }

    private void enlarge() {
        int[] indexes = new int[released.length * 2];
        long[] times = new long[indexes.length];
        for (int i = 0; i < count; i++) {
            indexes[i] = released[(head + i) % released.length];
            times[i] = since[(head + i) % released.length];
        }
        released = indexes;
        since = times;
        head = 0;
    }
}
