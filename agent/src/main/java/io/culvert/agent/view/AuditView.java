// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;

/// What an audit found: where the kernel differs from what was programmed.
///
/// @param compared false before the agent has seen everything that the cluster wants: maps were not compared
/// @param total all differences, also those that are not listed
/// @param remaining those that are left after the repair; all if there was none
/// @param failures what could not be read or written, a line each
public record AuditView(boolean compared, int total, int remaining, List<Row> differences, List<String> failures) {

    /// One difference.
    ///
    /// @param map by name; `links` for what is attached
    public record Row(String map, String key, String expected, String found) {

        @Override
        public String toString() {
            return map + ", " + key + ": expected " + expected + ", found " + found;
        }
    }

    public static List<Column<Row>> columns() {
        return List.of(
                Column.of("Map", Row::map),
                Column.of("Key", Row::key),
                Column.of("Expected", Row::expected),
                Column.of("Found", Row::found));
    }
}
