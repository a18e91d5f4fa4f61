// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// What keys and values of a map in the kernel are, as whoever made the map described them.
///
/// @param btf all types of the object that the map was made from
/// @param key id of a type; 0 where it was not described
/// @param value id of a type; 0 where it was not described
public record MapTypes(Btf btf, int key, int value) {

    /// Empty if the map was made without a description.
    static Optional<MapTypes> read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct info = KernelInfo.read(arena, fd, CStruct.MAP_INFO, "map");
            int id = info.getInt("btf_id");
            return id == 0
                    ? Optional.empty()
                    : Optional.of(new MapTypes(
                            Btf.parse(types(id)), info.getInt("btf_key_type_id"), info.getInt("btf_value_type_id")));
        }
    }

    private static byte[] types(int id) {
        int fd = SystemCallException.check(LibbpfMaps.openBtfById(id), "open BTF " + id);
        try (Arena arena = Arena.ofConfined()) {
            int size = info(arena, fd, MemorySegment.NULL, 0).getInt("btf_size");
            MemorySegment types = arena.allocate(size);
            info(arena, fd, types, size);
            return types.toArray(JAVA_BYTE);
        } finally {
            SystemCalls.close(fd);
        }
    }

    /// Asks for the size, or for as many bytes as there is room for.
    private static CStruct info(Arena arena, int fd, MemorySegment room, int size) {
        CStruct info = CStruct.allocate(arena, CStruct.BTF_INFO)
                .set("btf", room.address())
                .set("btf_size", size);
        return KernelInfo.fill(arena, fd, info, "BTF");
    }
}
