// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

/// A write found no room. What was there before keeps serving.
public final class MapFullException extends RuntimeException {

    private final String map;
    private final int entries;

    /// @param operation what was tried, for example `add TCP 10.96.0.10:80 to`
    /// @param entries how many the map has room for
    public MapFullException(String operation, String map, int entries) {
        super("%s map %s: full, it has %d entries (E2BIG); raise %s in the configuration"
                .formatted(operation, map, entries, Tables.configurationKey(map)));
        this.map = map;
        this.entries = entries;
    }

    /// The name of the map.
    public String map() {
        return map;
    }

    /// How many entries the map has room for.
    public int entries() {
        return entries;
    }
}
