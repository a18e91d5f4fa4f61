// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;
import java.util.function.Function;

/// One column of a table.
///
/// @param wide whether only the wide format has it
/// @param cells one line or several for a row; the first stands beside the other columns' first
public record Column<T>(String title, boolean wide, Function<T, List<String>> cells) {

    public static <T> Column<T> of(String title, Function<T, String> cell) {
        return new Column<>(title, false, row -> List.of(cell.apply(row)));
    }

    public static <T> Column<T> wide(String title, Function<T, String> cell) {
        return new Column<>(title, true, row -> List.of(cell.apply(row)));
    }

    /// A column whose cell has as many lines as the row has parts.
    public static <T> Column<T> lines(String title, Function<T, List<String>> cells) {
        return new Column<>(title, false, cells);
    }

    public static <T> Column<T> wideLines(String title, Function<T, List<String>> cells) {
        return new Column<>(title, true, cells);
    }
}
