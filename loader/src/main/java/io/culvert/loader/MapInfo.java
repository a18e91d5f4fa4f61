// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.lang.foreign.Arena;
import java.util.Set;

/// What the kernel knows about a map (`struct bpf_map_info`).
///
/// @param id unique while the map exists
/// @param name the first 15 characters
/// @param keySize bytes
/// @param valueSize bytes of one value; see [#valueBytes()] for per-CPU maps
/// @param maxEntries of a ring buffer its size in bytes
/// @param flags those of [MapFlag]; others are not shown
public record MapInfo(
        int id, String name, MapType type, int keySize, int valueSize, int maxEntries, Set<MapFlag> flags) {

    static MapInfo read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct info = KernelInfo.read(arena, fd, CStruct.MAP_INFO, "map");
            return new MapInfo(
                    info.getInt("id"),
                    info.getString("name"),
                    MapType.of(info.getInt("type")),
                    info.getInt("key_size"),
                    info.getInt("value_size"),
                    info.getInt("max_entries"),
                    MapFlag.of(info.getInt("map_flags")));
        }
    }

    /// How many bytes user space reads and writes for one entry: of per-CPU maps, the value rounded up to
    /// eight bytes for each possible processor, in their order.
    public int valueBytes() {
        return type.isPerCpu() ? roundUp(valueSize) * PossibleCpus.count() : valueSize;
    }

    /// How far apart the values are in mapped memory, and those of the processors in a per-CPU value, bytes.
    public int valueStride() {
        return roundUp(valueSize);
    }

    private static int roundUp(int size) {
        return (size + 7) & -8;
    }
}
