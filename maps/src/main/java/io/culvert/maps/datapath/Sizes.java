// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static java.util.Map.entry;

import io.culvert.loader.BpfMap;
import io.culvert.maps.MapFullException;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How large maps become.
final class Sizes {

    /// Where growth ends unless the configuration asks for more. Backend ids have an index of 20 bits.
    private static final Map<String, Integer> LIMITS = Map.ofEntries(
            entry("frontends", 1 << 22),
            entry("services", 1 << 20),
            entry("slots", 1 << 24),
            entry("backends", 1 << 20),
            entry("backend_loads", 1 << 20),
            entry("opted_out", 1 << 16),
            entry("cluster_addresses", 1 << 20),
            entry("source_ranges", 1 << 20),
            entry("endpoints", 1 << 16),
            entry("ipcache", 1 << 22),
            entry("policy_cidrs", 1 << 20),
            entry("policy_hosts", 1 << 20),
            entry("policy_blocks", 1 << 24),
            entry("policy_prefixes", 1 << 20),
            entry("policy_sets", 1 << 20),
            entry("policy_peers", 1 << 22),
            entry("policy_steps", 1 << 22),
            entry("policy_index", 1 << 22),
            entry("policy_rules", 1 << 22));

    private Sizes() {}

    /// The sizes of the maps that must grow: powers of two, at least twice the present size, at least what is
    /// wanted.
    ///
    /// @param wanted entries by map
    /// @param present entries by map
    /// @param configured entries by map
    /// @throws MapFullException if a map may not become that large
    static Map<String, Integer> larger(
            Map<String, Integer> wanted, Map<String, Integer> present, Map<String, Integer> configured) {
        Map<String, Integer> larger = new TreeMap<>();
        wanted.forEach((name, entries) -> {
            int now = present.getOrDefault(name, 0);
            if (entries > now && isGrowable(name)) {
                int limit = Math.max(LIMITS.getOrDefault(name, 0), configured.getOrDefault(name, 0));
                if (entries > limit) {
                    throw new MapFullException("grow", name, now);
                }
                long size = Math.max(2L * now, Integer.highestOneBit(entries - 1) * 2L);
                larger.put(name, (int) Math.min(size, limit));
            }
        });
        // What backends have, they have by the same index.
        Optional.ofNullable(larger.get("backends"))
                .filter(size -> size > present.getOrDefault("backend_loads", 0))
                .ifPresent(size -> larger.put("backend_loads", size));
        return larger;
    }

    /// Lines for the log about maps that have other sizes than the configuration wants, and cannot change.
    static List<String> fixed(Map<String, Integer> configured, Map<String, BpfMap> maps) {
        List<String> lines = new ArrayList<>();
        configured.forEach((name, entries) -> {
            BpfMap map = maps.get(name);
            if (map != null && !isGrowable(name) && map.info().maxEntries() != entries) {
                lines.add(
                        "%s is %d, but the pinned map has %d entries and cannot change while it is in use; run culvert cleanup"
                                .formatted(
                                        Tables.configurationKey(name),
                                        entries,
                                        map.info().maxEntries()));
            }
        });
        return lines;
    }

    private static boolean isGrowable(String map) {
        return Tables.named(map).filter(Table::growable).isPresent();
    }
}
