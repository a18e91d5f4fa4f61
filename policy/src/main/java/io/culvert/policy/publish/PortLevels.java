// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.PolicyPorts;
import io.culvert.policy.PortTable;
import java.util.Arrays;
import java.util.List;

/// The words of an index of a port table: for each value of the first bits of a number of the line of ports the
/// step that all numbers with these bits have, or where the words for the next bits are.
final class PortLevels {

    private static final int ENTRIES = 1 << PolicyPorts.INDEX_BITS;

    private final List<PortTable.Step> steps;
    private int[] words = new int[4 * ENTRIES];
    private int size;

    private PortLevels(List<PortTable.Step> steps) {
        this.steps = steps;
    }

    /// @return those of the first level first; steps are counted from 0, and words too
    static int[] of(PortTable table) {
        PortLevels levels = new PortLevels(table.steps());
        levels.add(0, 0, (PolicyPorts.INDEX_LEVELS - 1) * PolicyPorts.INDEX_BITS);
        return Arrays.copyOf(levels.words, levels.size);
    }

    /// What such a word is where the steps and the words are elsewhere than at 0.
    static int moved(int word, int firstStep, int firstWord) {
        return (word & PolicyPorts.INDEX_STEP) == 0 ? word + firstWord : word + firstStep;
    }

    /// @param from the first number that these words are about
    /// @param step that holds there
    /// @param shift how many bits of a number are below those that these words are by
    /// @return where the words are
    private int add(int from, int step, int shift) {
        int at = size;
        size += ENTRIES;
        if (size > words.length) {
            words = Arrays.copyOf(words, 2 * words.length);
        }
        int holding = step;
        for (int i = 0; i < ENTRIES; i++) {
            int first = from + (i << shift);
            holding = last(holding, first);
            int end = last(holding, first + (1 << shift) - 1);
            int word = holding == end
                    ? PolicyPorts.INDEX_STEP | holding
                    : add(first, holding, shift - PolicyPorts.INDEX_BITS);
            words[at + i] = word;
            holding = end;
        }
        return at;
    }

    /// The last step that starts at a number or before, from one on that does.
    private int last(int step, int number) {
        int last = step;
        while (last + 1 < steps.size() && steps.get(last + 1).start() <= number) {
            last++;
        }
        return last;
    }
}
