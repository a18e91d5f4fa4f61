// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The arrays of policies for people: entries that are in use.
final class PolicyMapTexts {

    private final MapCatalogue catalogue;

    PolicyMapTexts(MapCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /// @return empty for a table that is none of these
    List<MapEntry> dump(Table<?, ?> table) {
        PolicyTables policies = catalogue.policies();
        return switch (table.name()) {
            case "policy_control" ->
                List.of(new MapEntry("0", policies.control().get(0).toString()));
            case "policy_blocks" -> entries("block", policies.blocks(), block -> !block.equals(PolicyBlock.UNKNOWN));
            case "policy_lengths" -> entries("length", policies.lengths(), length -> length.prefixlen() != 0);
            case "policy_sets" -> entries("set", policies.sets(), set -> (set.flags() & PolicySetEntry.USED) != 0);
            case "policy_steps" -> entries("step", policies.steps(), step -> !step.equals(PolicyStep.UNUSED));
            case "policy_index" -> index(policies.index());
            case "policy_rules" -> entries("rule", policies.rules(), number -> number != 0);
            case "policy_tcp" ->
                entries("place", policies.tcp(), place -> place.key().isPresent());
            case "rule_counters" -> counters(policies.counters());
            default -> List.of();
        };
    }

    private static <V> List<MapEntry> entries(String name, MappedArray<V> array, Predicate<V> used) {
        List<MapEntry> entries = new ArrayList<>();
        for (int index = 0; index < array.maxEntries(); index++) {
            V value = array.get(index);
            if (used.test(value)) {
                entries.add(new MapEntry(name + " " + index, value.toString()));
            }
        }
        return entries;
    }

    /// A word that is no step says where others are, or, in front of an index, how many it has.
    private static List<MapEntry> index(MappedArray<Integer> words) {
        List<MapEntry> entries = new ArrayList<>();
        for (int at = 0; at < words.maxEntries(); at++) {
            int word = words.get(at);
            if (word != 0) {
                entries.add(new MapEntry(
                        "word " + at, word < 0 ? "step " + (word & ~PolicyPorts.INDEX_STEP) : String.valueOf(word)));
            }
        }
        return entries;
    }

    private static List<MapEntry> counters(PerCpuArray<PacketCount> counters) {
        List<MapEntry> entries = new ArrayList<>();
        for (int rule = 0; rule < counters.maxEntries(); rule++) {
            PacketCount sum = counters.get(rule).stream().reduce(PacketCount.ZERO, PacketCount::plus);
            if (!sum.equals(PacketCount.ZERO)) {
                entries.add(new MapEntry("rule " + rule, sum.toString()));
            }
        }
        return entries;
    }
}
