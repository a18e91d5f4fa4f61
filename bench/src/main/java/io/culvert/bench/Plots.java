// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Draws the tables of a page: one SVG file for each, with a panel for each column of numbers and a bar for each row.
final class Plots {

    /// Its rows are no series: they have a unit each.
    private static final String SUMMARY = "Expected";

    private final Path directory;
    private final StringBuilder page = new StringBuilder();
    private final List<List<String>> table = new ArrayList<>();
    private String title = "";
    private int number;

    private Plots(Path directory) {
        this.directory = directory;
    }

    /// Writes the files, whose links follow the tables.
    ///
    /// @param text of the page, which lies beside the directory
    static String illustrate(String text, Path directory) throws IOException {
        Files.createDirectories(directory);
        Plots plots = new Plots(directory);
        for (String line : text.lines().toList()) {
            plots.add(line);
        }
        plots.end();
        return plots.page.toString();
    }

    private void add(String line) throws IOException {
        if (line.startsWith("|")) {
            table.add(cells(line));
        } else {
            end();
        }
        if (line.startsWith("## ")) {
            title = line.substring(3);
            number = 0;
        }
        page.append(line).append('\n');
    }

    private static List<String> cells(String line) {
        return List.of(line.strip().replaceAll("^\\||\\|$", "").split("\\|")).stream()
                .map(String::strip)
                .toList();
    }

    /// The short ones of a row's texts, or the beginning of the first where all are long.
    private static String label(List<String> texts) {
        List<String> few =
                texts.stream().filter(text -> text.length() <= Bars.LABEL).toList();
        return few.isEmpty() && !texts.isEmpty()
                ? texts.getFirst().substring(0, Bars.LABEL - 3) + "..."
                : String.join(", ", few);
    }

    private void end() throws IOException {
        if (table.size() > 2 && !title.startsWith(SUMMARY)) {
            draw(table.getFirst(), table.subList(2, table.size()));
        }
        table.clear();
    }

    private void draw(List<String> head, List<List<String>> rows) throws IOException {
        List<Integer> numbers = IntStream.range(1, head.size())
                .filter(column -> !head.get(column).equals("Services"))
                .filter(column -> rows.stream().allMatch(row -> column < row.size() && Bars.isNumber(row.get(column))))
                .boxed()
                .toList();
        if (numbers.isEmpty()) {
            return;
        }
        List<String> labels = rows.stream()
                .map(row -> IntStream.range(0, Math.min(head.size(), row.size()))
                        .filter(column -> !numbers.contains(column))
                        .mapToObj(column -> row.get(column).replace("`", ""))
                        .toList())
                .map(Plots::label)
                .toList();
        Bars bars = new Bars(title, labels);
        numbers.forEach(column -> bars.panel(
                head.get(column), rows.stream().map(row -> row.get(column)).toList()));
        number++;
        String name =
                title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "")
                        + (number == 1 ? "" : "-" + number) + ".svg";
        Files.writeString(directory.resolve(name), bars.svg());
        page.append("\n![")
                .append(title)
                .append("](")
                .append(directory.getFileName())
                .append('/')
                .append(name);
        page.append(")\n");
    }
}
