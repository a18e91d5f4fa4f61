// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Numbers for zone names, because a slot has one byte for the zone. They mean nothing outside this node, and are
/// learnt back from the kernel after a restart so that extents need not be rewritten.
final class ZoneNumbers {

    private static final int LAST = 255;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final BitSet used = new BitSet();

    ZoneNumbers() {
        used.set(0);
    }

    /// The number of `zone`: 1 to 255, or 0 without a zone and for zones beyond the 255th.
    ///
    /// @param held what the kernel holds for an endpoint in that zone, or 0: taken if the zone has no number yet
    int number(@Nullable String zone, int held) {
        if (zone == null) {
            return 0;
        }
        Integer known = numbers.get(zone);
        if (known != null) {
            return known;
        }
        int number = held != 0 && !used.get(held) ? held : used.nextClearBit(0);
        if (number > LAST) {
            return 0;
        }
        used.set(number);
        numbers.put(zone, number);
        return number;
    }
}
