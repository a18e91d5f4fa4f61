// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Aligned text: a title line, then the rows, columns three spaces apart, nothing after the last word of a line.
final class TableWriter {

    private static final int GAP = 3;

    private TableWriter() {}

    static <T> void write(List<Column<T>> columns, List<T> rows, PrintWriter out) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::title).toList());
        rows.forEach(row -> lines.addAll(lines(columns, row)));
        int[] widths = new int[columns.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        lines.forEach(line -> out.println(aligned(line, widths)));
    }

    private static <T> List<List<String>> lines(List<Column<T>> columns, T row) {
        List<List<String>> cells =
                columns.stream().map(column -> column.cells().apply(row)).toList();
        int height = Math.max(1, cells.stream().mapToInt(List::size).max().orElse(0));
        List<List<String>> lines = new ArrayList<>(height);
        for (int i = 0; i < height; i++) {
            int line = i;
            lines.add(cells.stream()
                    .map(cell -> line < cell.size() ? cell.get(line) : "")
                    .toList());
        }
        return lines;
    }

    private static String aligned(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            text.append(cells.get(i));
            text.repeat(' ', widths[i] + GAP - cells.get(i).length());
        }
        return text.toString().stripTrailing();
    }
}
