// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.selection;

import io.culvert.maps.Backend;
import io.culvert.maps.ConnectionHash;
import io.culvert.maps.SelectionTable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Consistent hashing as in Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (NSDI
/// 2016), 3.4: each backend has a preference among all entries, and backends take turns to claim their next one
/// that is free.
///
/// Preferences come from address and port alone and turns go in the order of the addresses, so that every node makes
/// the same table of the same endpoints. A backend of the largest weight claims in each turn, one of half of it in
/// every other. No preference is written down: memory is the table and four numbers a backend.
final class Maglev {

    /// Entries of a small set and of all others, prime. They depend on nothing but the number of backends;
    /// where that passes [#FEW], most keys move.
    static final int SMALL = 4_093;

    static final int LARGE = 65_537;
    static final int FEW = 32;

    private static final long OFFSET_SEED = 0x6f66667365740000L;
    private static final long SKIP_SEED = 0x736b697000000000L;
    private static final int FREE = -1;

    private Maglev() {}

    /// @param set not empty, at most [SelectionTable#MAX_BACKENDS]; backends of weight 0 claim nothing
    static SelectionTable of(List<Backend> set) {
        int size = set.size() <= FEW ? SMALL : LARGE;
        int most = set.stream().mapToInt(Backend::weight).max().orElse(0);
        if (most == 0) {
            return SelectionTable.EMPTY;
        }
        int[] order = IntStream.range(0, set.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> set.get(i).address())
                        .thenComparingInt(i -> set.get(i).port()))
                .mapToInt(i -> i)
                .toArray();
        int[] next = new int[set.size()];
        int[] skip = new int[set.size()];
        for (int i = 0; i < set.size(); i++) {
            Backend backend = set.get(i);
            next[i] = remainder(ConnectionHash.of(backend.address(), backend.port(), OFFSET_SEED), size);
            skip[i] = 1 + remainder(ConnectionHash.of(backend.address(), backend.port(), SKIP_SEED), size - 1);
        }
        return SelectionTable.of(fill(set, order, next, skip, size, most));
    }

    private static int[] fill(List<Backend> set, int[] order, int[] next, int[] skip, int size, int most) {
        int[] entries = new int[size];
        Arrays.fill(entries, FREE);
        long[] credit = new long[set.size()];
        int filled = 0;
        while (true) {
            for (int place : order) {
                credit[place] += set.get(place).weight();
                if (credit[place] >= most) {
                    credit[place] -= most;
                    while (entries[next[place]] != FREE) {
                        next[place] = (next[place] + skip[place]) % size;
                    }
                    entries[next[place]] = place;
                    if (++filled == size) {
                        return entries;
                    }
                }
            }
        }
    }

    private static int remainder(long hash, int divisor) {
        return (int) Long.remainderUnsigned(hash, divisor);
    }
}
