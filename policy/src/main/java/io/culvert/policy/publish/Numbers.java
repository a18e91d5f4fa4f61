// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.MapFullException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// Numbers that stay with what they mean. A freed number comes back as late as possible.
///
/// @param <T> what is numbered, by its content
final class Numbers<T> {

    private final String map;
    private final int first;
    private final int limit;
    private final Map<T, Integer> known = new HashMap<>();
    private final BitSet used = new BitSet();
    private final BitSet foreign = new BitSet();
    private final BitSet fresh = new BitSet();
    private int last;
    private boolean full;

    /// Numbers from 1.
    ///
    /// @param map for messages
    /// @param limit one more than the greatest
    Numbers(String map, int limit) {
        this(map, 1, limit);
    }

    /// @param first the least
    Numbers(String map, int first, int limit) {
        this.map = map;
        this.first = first;
        this.limit = limit;
        used.set(0, first);
    }

    /// The number of this content, given now if it has none.
    ///
    /// @throws MapFullException if all are used
    int number(T content) {
        return numberIfFree(content).orElseThrow(() -> new MapFullException("number " + content + " in", map, limit));
    }

    /// As [#number]; empty if all are used.
    OptionalInt numberIfFree(T content) {
        Integer number = known.get(content);
        if (number != null) {
            return OptionalInt.of(number);
        }
        int free = used.nextClearBit(last + 1);
        if (free >= limit) {
            free = used.nextClearBit(first);
        }
        if (free >= limit) {
            full = true;
            return OptionalInt.empty();
        }
        last = free;
        used.set(free);
        fresh.set(free);
        known.put(content, free);
        return OptionalInt.of(free);
    }

    /// Keeps a number from being given, because somebody may mean something by it.
    void avoid(int number) {
        if (number >= first && number < limit && !used.get(number)) {
            used.set(number);
            foreign.set(number);
        }
    }

    /// Frees the numbers of all content but this. One that is to be avoided stays so, although it was claimed
    /// meanwhile.
    void retain(Set<T> live) {
        known.entrySet().removeIf(entry -> {
            boolean dead = !live.contains(entry.getKey());
            if (dead) {
                used.clear(entry.getValue());
                fresh.clear(entry.getValue());
            }
            return dead;
        });
    }

    /// Frees the numbers of some content, as [#retain] frees those of all other.
    void release(Set<T> dead) {
        dead.forEach(content -> {
            Integer number = known.remove(content);
            if (number != null) {
                used.clear(number);
                fresh.clear(number);
            }
        });
    }

    /// Whether there was ever none left.
    boolean wasFull() {
        return full;
    }

    /// The numbers that were given since this was asked.
    int[] takeFresh() {
        int[] numbers = fresh.stream().toArray();
        fresh.clear();
        return numbers;
    }

    /// Frees the numbers to avoid: nobody can mean anything by them any more.
    void sweep() {
        used.andNot(foreign);
        foreign.clear();
    }

    /// How many may not be given now, those below the first included.
    int used() {
        return used.cardinality();
    }

    /// Numbers by content.
    Map<T, Integer> known() {
        return Map.copyOf(known);
    }
}
