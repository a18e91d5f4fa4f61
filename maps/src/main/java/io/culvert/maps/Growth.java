// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

/// Makes a map larger while programs read it.
@FunctionalInterface
public interface Growth {

    /// A map that cannot grow.
    Growth NEVER = (map, entries) -> {
        throw new MapFullException("grow", map, entries - 1);
    };

    /// Replaces a map by one of at least `entries` entries, for the caller's [ArrayMemory] too. The caller is the
    /// only writer and writes nothing until this returns.
    ///
    /// @throws MapFullException if it may not become that large; nothing has changed then
    void grow(String map, int entries);
}
