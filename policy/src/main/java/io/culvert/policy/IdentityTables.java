// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Numbers of tables by identity, immutable. Hundreds of policy sets may have thousands each and are copied for a
/// change of one, so these are arrays of numbers.
final class IdentityTables extends AbstractMap<Integer, Integer> {

    private final int[] identities;
    private final int[] tables;

    /// @param identities ascending
    private IdentityTables(int[] identities, int[] tables) {
        this.identities = identities;
        this.tables = tables;
    }

    static IdentityTables of(Map<Integer, Integer> all) {
        if (all instanceof IdentityTables same) {
            return same;
        }
        Map<Integer, Integer> sorted = new TreeMap<>(all);
        return new IdentityTables(
                sorted.keySet().stream().mapToInt(Integer::intValue).toArray(),
                sorted.values().stream().mapToInt(Integer::intValue).toArray());
    }

    /// The same with other numbers for some identities.
    ///
    /// @param none the number that means that an identity has no table of its own
    IdentityTables with(BitSet changed, IntUnaryOperator tableOf, int none) {
        int[] newIdentities = new int[identities.length + changed.cardinality()];
        int[] newTables = new int[newIdentities.length];
        int size = 0;
        int old = 0;
        int next = changed.nextSetBit(0);
        while (old < identities.length || next >= 0) {
            boolean kept = next < 0 || (old < identities.length && identities[old] < next);
            int identity = kept ? identities[old] : next;
            int table = kept ? tables[old] : tableOf.applyAsInt(identity);
            if (kept || (old < identities.length && identities[old] == next)) {
                old++;
            }
            if (!kept) {
                next = changed.nextSetBit(next + 1);
            }
            if (kept || table != none) {
                newIdentities[size] = identity;
                newTables[size++] = table;
            }
        }
        return new IdentityTables(Arrays.copyOf(newIdentities, size), Arrays.copyOf(newTables, size));
    }

    @Override
    public @Nullable Integer get(@Nullable Object key) {
        int at = key instanceof Integer identity ? Arrays.binarySearch(identities, identity) : -1;
        return at < 0 ? null : tables[at];
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public void forEach(BiConsumer<? super Integer, ? super Integer> action) {
        for (int at = 0; at < identities.length; at++) {
            action.accept(identities[at], tables[at]);
        }
    }

    @Override
    public Set<Entry<Integer, Integer>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<Integer, Integer>> iterator() {
                return IntStream.range(0, identities.length)
                        .mapToObj(at -> Map.entry(identities[at], tables[at]))
                        .iterator();
            }

            @Override
            public int size() {
                return identities.length;
            }
        };
    }
}
