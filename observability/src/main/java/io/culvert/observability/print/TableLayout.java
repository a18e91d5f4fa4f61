// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Columns with three spaces between.
final class TableLayout implements OutputFormat.Layout {

    private static final int GAP = 3;

    private final Consumer<String> lines;
    private final List<List<String>> rows = new ArrayList<>();

    TableLayout(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void flow(FlowText flow, PrintOptions options) {
        event(flow.keys(options), flow.values(options));
    }

    @Override
    public void event(List<String> keys, List<String> values) {
        if (rows.isEmpty()) {
            rows.add(keys);
        }
        rows.add(values);
    }

    @Override
    public void end() {
        int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length - 1; column++) {
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(widths[column] + GAP - cell.length()));
            }
            lines.accept(line + row.getLast());
        }
    }
}
