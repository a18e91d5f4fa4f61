// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyLength;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The index of IPv6 blocks, by a [PrefixSearch] for each side. As with [BlockTable] the trie is what holds: a side
/// without an index costs time and nothing else.
public final class PrefixTable {

    /// On both sides `policy_prefixes` has room for them.
    private static final int MOST_ENTRIES = 1 << 19;

    private final PolicyHash<PolicyCidrKey, Integer> table;
    private final Mirror<PolicyCidrKey, Integer> entries;
    private final PolicyArray<PolicyLength> lengths;
    private final int most;

    /// What a side is known to hold; null: anything.
    private final @Nullable PrefixSearch[] written = new PrefixSearch[2];

    /// What was asked for last: one publication asks three times for the same.
    private Map<CidrPrefix, Integer> latest = Map.of();

    private PrefixSearch search = PrefixSearch.of(latest);

    /// @param table `policy_prefixes`
    /// @param lengths `policy_lengths`
    public PrefixTable(PolicyHash<PolicyCidrKey, Integer> table, PolicyArray<PolicyLength> lengths) {
        this(table, lengths, MOST_ENTRIES);
    }

    /// @param most entries of a side
    PrefixTable(PolicyHash<PolicyCidrKey, Integer> table, PolicyArray<PolicyLength> lengths, int most) {
        this.table = table;
        this.lengths = lengths;
        this.most = most;
        entries = new Mirror<>(table);
    }

    /// Sees to it that there is room for an index of these beside the larger one of what is there.
    ///
    /// @param cidrs number of the class by block
    /// @throws io.culvert.maps.MapFullException if the map cannot grow; nothing has changed then
    public void ensure(Map<CidrPrefix, Integer> cidrs) {
        int wanted = search(cidrs).entries().size();
        table.ensure(wanted + Math.max(wanted, Math.max(count(0), count(1))));
    }

    /// Makes the index of a side that no program reads that of these blocks.
    ///
    /// @param cidrs number of the class by block
    public void write(int side, Map<CidrPrefix, Integer> cidrs) {
        PrefixSearch wanted = search(cidrs);
        if (wanted.equals(written[side])) {
            return;
        }
        Map<PolicyCidrKey, Integer> added = new HashMap<>();
        wanted.entries().forEach((prefix, cidrClass) -> added.put(prefix.on(side), cidrClass));
        entries.remove(entries.entries().keySet().stream()
                .filter(key -> key.side() == side && !added.containsKey(key))
                .toList());
        entries.put(added);
        List<PolicyLength> tree = wanted.lengths();
        for (int i = 0; i < tree.size(); i++) {
            lengths.set(side * PolicyLength.ENTRIES + i, tree.get(i));
        }
        written[side] = wanted;
    }

    private int count(int side) {
        return (int) entries.entries().keySet().stream()
                .filter(key -> key.side() == side)
                .count();
    }

    private PrefixSearch search(Map<CidrPrefix, Integer> cidrs) {
        if (!cidrs.equals(latest)) {
            PrefixSearch found = PrefixSearch.of(cidrs);
            search = found.entries().size() > most ? PrefixSearch.ABSENT : found;
        }
        latest = cidrs;
        return search;
    }
}
