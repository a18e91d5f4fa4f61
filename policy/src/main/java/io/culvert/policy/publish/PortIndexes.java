// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.MapFullException;
import io.culvert.policy.PortTable;
import java.util.HashMap;
import java.util.Map;

/// The indexes of port tables, and where they lie in `policy_index`. The steps of a table are what holds: one
/// without an index is searched, so that a map without room costs time and nothing else. In front of its words each
/// has their number, by which a process knows what an earlier one wrote.
final class PortIndexes {

    /// A search of so many steps looks at no more of them than an index has levels, and one.
    static final int FEW_STEPS = 16;

    private final PolicyArray<Integer> words;
    private final Runs runs;
    private final Map<Integer, Integer> lengths = new HashMap<>();
    private final Map<Integer, int[]> unwritten = new HashMap<>();

    PortIndexes(PolicyArray<Integer> words) {
        this.words = words;
        runs = new Runs(words);
    }

    Runs runs() {
        return runs;
    }

    /// Where the index of a table is once [#write] was called; 0: it has none.
    ///
    /// @param firstStep number of the table's first step
    int place(PortTable table, int firstStep) {
        if (table.steps().size() <= FEW_STEPS) {
            return 0;
        }
        int[] levels = PortLevels.of(table);
        int start;
        try {
            start = runs.take(levels.length + 1);
        } catch (MapFullException _) {
            return 0;
        }
        int index = start + 1;
        for (int i = 0; i < levels.length; i++) {
            levels[i] = PortLevels.moved(levels[i], firstStep, index);
        }
        lengths.put(index, levels.length);
        unwritten.put(index, levels);
        return index;
    }

    void write() {
        unwritten.forEach((index, levels) -> {
            words.set(index - 1, levels.length);
            for (int i = 0; i < levels.length; i++) {
                words.set(index + i, levels[i]);
            }
        });
        unwritten.clear();
    }

    void release(int index) {
        unwritten.remove(index);
        Integer length = lengths.remove(index);
        if (length != null) {
            runs.release(index - 1, length + 1);
        }
    }

    /// Keeps an index that an earlier process wrote from being written over.
    void avoid(int index) {
        if (index > 0 && index <= words.size()) {
            runs.avoid(index - 1, 1 + Math.clamp(words.get(index - 1), 0, words.size() - index));
        }
    }
}
