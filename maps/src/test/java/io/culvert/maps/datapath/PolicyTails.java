// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.maps.layout.CTypes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What is in the slots of `policy_tails`.
final class PolicyTails {

    private PolicyTails() {}

    /// Ids of programs by slot, 0 where there is none.
    static List<Integer> ids(BpfMap tails) {
        List<Integer> ids = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (int slot = 0; slot < tails.info().maxEntries(); slot++) {
                MemorySegment id = arena.allocate(CTypes.U32);
                ids.add(tails.lookup(arena.allocateFrom(CTypes.U32, slot), id) ? id.get(CTypes.U32, 0) : 0);
            }
        }
        return ids;
    }
}
