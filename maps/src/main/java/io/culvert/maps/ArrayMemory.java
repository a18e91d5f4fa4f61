// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.BpfMap;
import io.culvert.loader.MapInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The memory of an array map, which growth replaces by larger memory with the same beginning.
public final class ArrayMemory {

    /// The memory at one moment.
    ///
    /// @param stride bytes from one entry to the next: the kernel rounds values up to 8
    /// @param entries as many as lie in `memory`
    public record View(MemorySegment memory, long stride, int entries) {

        /// Where an entry begins, bytes.
        ///
        /// @throws IndexOutOfBoundsException if there is no such entry
        public long offset(int index) {
            if (index < 0 || index >= entries) {
                throw new IndexOutOfBoundsException("entry " + Integer.toUnsignedString(index) + " of " + entries);
            }
            return index * stride;
        }
    }

    private final String map;
    private volatile View view;

    /// @param map name for messages
    /// @param valueSize bytes of a value; the stride is this rounded up to 8
    public ArrayMemory(String map, MemorySegment memory, long valueSize, int entries) {
        this.map = map;
        this.view = view(memory, (valueSize + 7) & -8L, entries);
    }

    /// All of a map that has [io.culvert.loader.MapFlag#MMAPABLE], as long as `arena` lives.
    public static ArrayMemory of(String name, BpfMap map, Arena arena) {
        MapInfo info = map.info();
        return new ArrayMemory(name, map.mmap(arena), info.valueSize(), info.maxEntries());
    }

    /// The name of the map.
    public String map() {
        return map;
    }

    /// Take it once for several accesses that belong together.
    public View view() {
        return view;
    }

    public int entries() {
        return view.entries();
    }

    /// Puts larger memory in place. Its beginning is a copy of what is there now; nobody writes meanwhile.
    void replace(MemorySegment larger, int entries) {
        if (entries < view.entries()) {
            throw new IllegalArgumentException(
                    "%s: replacement has %d entries, there were %d".formatted(map, entries, view.entries()));
        }
        view = view(larger, view.stride(), entries);
    }

    private static View view(MemorySegment memory, long stride, int entries) {
        if (memory.byteSize() < stride * entries) {
            throw new IllegalArgumentException(
                    "%d entries of %d bytes in %d bytes".formatted(entries, stride, memory.byteSize()));
        }
        return new View(memory, stride, entries);
    }
}
