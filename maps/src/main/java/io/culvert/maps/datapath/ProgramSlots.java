// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfProgram;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.layout.CTypes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// The slots of a map of programs, by number, to which others go on by tail calls. The kernel keeps what is in them as
/// long as the map is pinned. Each step is atomic.
///
/// @param map of `BPF_MAP_TYPE_PROG_ARRAY`
record ProgramSlots(BpfMap map) {

    boolean isFilled(int slot) {
        try (Arena arena = Arena.ofConfined()) {
            return map.lookup(key(arena, slot), arena.allocate(CTypes.U32));
        }
    }

    /// @throws io.culvert.loader.BpfException if the kernel refuses; what was in the slot stays
    void fill(int slot, BpfProgram program) {
        try (Arena arena = Arena.ofConfined()) {
            map.update(key(arena, slot), program, UpdateMode.ANY);
        }
    }

    void empty(int slot) {
        try (Arena arena = Arena.ofConfined()) {
            map.delete(key(arena, slot));
        }
    }

    /// Fills slots from other programs. If that fails, those before go on.
    ///
    /// @param fill fills the slots from a set
    static void replace(ProgramSet before, ProgramSet next, Consumer<ProgramSet> fill) {
        try {
            fill.accept(next);
        } catch (RuntimeException e) {
            fill.accept(before);
            throw e;
        }
    }

    private static MemorySegment key(Arena arena, int slot) {
        return arena.allocateFrom(CTypes.U32, slot);
    }
}
