// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.Optional;
import java.util.Set;

/// How to create a map without an object file.
///
/// @param name at most 15 characters: letters, digits, `_` and `.`
/// @param keySize bytes; 0 for a ring buffer
/// @param valueSize bytes; 0 for a ring buffer; 4 for a map of maps
/// @param maxEntries of a ring buffer its size in bytes, a power of two and whole pages
/// @param inner for a map of maps: a map like those that it will hold. The kernel only looks at it
public record MapSpec(
        String name,
        MapType type,
        int keySize,
        int valueSize,
        int maxEntries,
        Set<MapFlag> flags,
        Optional<BpfMap> inner) {

    /// A map of values.
    public static MapSpec of(String name, MapType type, int keySize, int valueSize, int maxEntries, MapFlag... flags) {
        return new MapSpec(name, type, keySize, valueSize, maxEntries, Set.of(flags), Optional.empty());
    }

    /// A map of maps like `inner`.
    public static MapSpec ofMaps(String name, MapType type, int keySize, int maxEntries, BpfMap inner) {
        return new MapSpec(name, type, keySize, Integer.BYTES, maxEntries, Set.of(), Optional.of(inner));
    }
}
