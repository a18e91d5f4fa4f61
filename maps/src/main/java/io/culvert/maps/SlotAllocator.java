// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which slots are free. A request is given the smallest hole that is large enough, the lowest of several, so that
/// an exact fit wins and large holes stay large; neighbouring holes merge. Released runs wait out the quarantine
/// first.
///
/// Not safe for use by several threads.
public final class SlotAllocator {

    private record Run(int start, int length, long since) {}

    private final Quarantine quarantine;
    /// Length by start.
    private final NavigableMap<Integer, Integer> holes = new TreeMap<>();
    /// The same holes as length above start, for the search by length.
    private final TreeSet<Long> byLength = new TreeSet<>();
    private final Deque<Run> waiting = new ArrayDeque<>();
    private int capacity;
    private int free;
    private int quarantined;

    /// All of `capacity` slots are free.
    public SlotAllocator(int capacity, Quarantine quarantine) {
        this.quarantine = quarantine;
        extend(capacity);
    }

    /// Takes a run of this length, or nothing if there is none now.
    public OptionalInt take(int length) {
        releaseWaiting();
        Long hole = byLength.ceiling(key(length, 0));
        if (hole == null) {
            return OptionalInt.empty();
        }
        int start = hole.intValue();
        int size = (int) (hole >>> 32);
        removeHole(start, size);
        if (size > length) {
            addHole(start + length, size - length);
        }
        return OptionalInt.of(start);
    }

    /// Marks a run as taken, as found after a restart.
    ///
    /// @return whether all of it was free; if not, nothing has changed
    public boolean claim(int start, int length) {
        Map.Entry<Integer, Integer> hole = holes.floorEntry(start);
        if (hole == null || (long) start + length > (long) hole.getKey() + hole.getValue()) {
            return false;
        }
        int before = start - hole.getKey();
        int after = hole.getValue() - before - length;
        removeHole(hole.getKey(), hole.getValue());
        if (before > 0) {
            addHole(start - before, before);
        }
        if (after > 0) {
            addHole(start + length, after);
        }
        return true;
    }

    /// Gives a run back; it is free after the quarantine.
    public void release(int start, int length) {
        waiting.addLast(new Run(start, length, quarantine.now()));
        quarantined += length;
    }

    /// Adds slots at the end.
    public void extend(int newCapacity) {
        if (newCapacity > capacity) {
            addFree(capacity, newCapacity - capacity);
            capacity = newCapacity;
        }
    }

    /// How many slots there are.
    public int capacity() {
        return capacity;
    }

    /// How many slots are free, in all holes; what is over its quarantine is.
    public int free() {
        releaseWaiting();
        return free;
    }

    int quarantined() {
        return quarantined;
    }

    /// The longest run that [#take] would give now.
    int longestHole() {
        return byLength.isEmpty() ? 0 : (int) (byLength.last() >>> 32);
    }

    private void releaseWaiting() {
        for (Run run = waiting.peekFirst(); run != null && quarantine.isOver(run.since()); run = waiting.peekFirst()) {
            waiting.removeFirst();
            quarantined -= run.length();
            addFree(run.start(), run.length());
        }
    }

    private void addFree(int start, int length) {
        int from = start;
        int size = length;
        Map.Entry<Integer, Integer> before = holes.floorEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            removeHole(before.getKey(), before.getValue());
            from = before.getKey();
            size += before.getValue();
        }
        Integer after = holes.get(start + length);
        if (after != null) {
            removeHole(start + length, after);
            size += after;
        }
        addHole(from, size);
    }

    private void addHole(int start, int length) {
        holes.put(start, length);
        byLength.add(key(length, start));
        free += length;
    }

    private void removeHole(int start, int length) {
        holes.remove(start);
        byLength.remove(key(length, start));
        free -= length;
    }

    private static long key(int length, int start) {
        return (long) length << 32 | start;
    }
}
