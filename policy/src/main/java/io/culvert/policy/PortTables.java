// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Port tables by number; equal ones are one.
final class PortTables {

    /// The number of [PortTable#NOTHING].
    static final int NOTHING = 0;

    private final List<PortTable> numbered = new ArrayList<>(List.of(PortTable.NOTHING));
    private final Map<PortTable, Integer> numbers = new HashMap<>(Map.of(PortTable.NOTHING, NOTHING));

    int number(PortTable table) {
        return numbers.computeIfAbsent(table, added -> {
            numbered.add(added);
            return numbered.size() - 1;
        });
    }

    List<PortTable> numbered() {
        return numbered;
    }
}
