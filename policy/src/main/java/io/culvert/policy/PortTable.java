// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.List;

/// A cell for every number of [PortSpace].
///
/// @param steps ascending, the first one at 0, neighbours different; each holds until the next one starts
public record PortTable(List<Step> steps) {

    /// @param start of the numbers that the cell is for
    public record Step(int start, Cell cell) {}

    /// No rule matches anywhere.
    public static final PortTable NOTHING = new PortTable(List.of(new Step(0, Cell.NOTHING)));

    public PortTable {
        steps = List.copyOf(steps);
    }

    /// The last step that starts at or before a number: a binary search, as the datapath does it.
    public Cell at(int number) {
        int low = 0;
        int high = steps.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (steps.get(middle).start() <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return steps.get(low).cell();
    }
}
