// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The page that says of every row what proves it.
final class RowTable {

    private static final List<String> STATES = List.of("proved", "explained", "not proved", "open");

    /// @param id for example `A6-02`
    /// @param priority P0, P1 or P2
    record Row(String id, String priority, String text) {

        String section() {
            return id.substring(0, id.indexOf('-'));
        }
    }

    private final RowPage page;
    private final List<Row> rows;
    private final Map<String, String> notes;
    private final Map<String, Set<String>> tests;

    private RowTable(RowPage page, List<Row> rows, Map<String, String> notes, Map<String, Set<String>> tests) {
        this.page = page;
        this.rows = rows;
        this.notes = notes;
        this.tests = tests;
    }

    static RowTable read(Path root, RowPage page) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("docs/rows").resolve(page.rows()))) {
            String[] cells = line.split("\t", 3);
            rows.add(new Row(cells[0], cells[1], cells[2]));
        }
        Map<String, String> notes = new LinkedHashMap<>();
        for (String line : Files.readAllLines(root.resolve("docs/rows").resolve(page.notes()))) {
            String[] cells = line.split("\t", 2);
            notes.put(cells[0], cells[1]);
        }
        return new RowTable(page, rows, notes, ProvingTests.below(root));
    }

    /// Rows of P0 and P1 that nothing proves and nothing explains.
    List<String> unexplained() {
        return rows.stream()
                .filter(row -> !row.priority().equals("P2") && state(row).equals("open"))
                .map(Row::id)
                .toList();
    }

    /// Notes and tests that name no row.
    Set<String> unknown() {
        Set<String> unknown = new TreeSet<>(notes.keySet());
        tests.keySet().stream()
                .filter(id -> page.sections().indexOf(id.charAt(0)) >= 0)
                .forEach(unknown::add);
        rows.forEach(row -> unknown.remove(row.id()));
        return unknown;
    }

    private String state(Row row) {
        if (tests.containsKey(row.id())) {
            return "proved";
        }
        String note = notes.getOrDefault(row.id(), "");
        if (note.startsWith("Not met") || note.startsWith("Not tried")) {
            return "not proved";
        }
        return note.isEmpty() ? "open" : "explained";
    }

    String page() {
        StringBuilder text = new StringBuilder(page.head()).append(summary());
        String section = "";
        for (Row row : rows) {
            if (!row.section().equals(section)) {
                section = row.section();
                text.append("\n## ")
                        .append(section)
                        .append("\n\n| row | | behaviour | state | by |\n|---|---|---|---|---|\n");
            }
            text.append("| %s | %s | %s | %s | %s |\n"
                    .formatted(row.id(), row.priority(), escape(row.text()), state(row), evidence(row)));
        }
        return text.toString();
    }

    private String summary() {
        StringBuilder summary = new StringBuilder("| |");
        STATES.forEach(state -> summary.append(" ").append(state).append(" |"));
        summary.append("\n|---|---|---|---|---|\n");
        for (String priority : List.of("P0", "P1", "P2")) {
            List<String> states = rows.stream()
                    .filter(row -> row.priority().equals(priority))
                    .map(this::state)
                    .toList();
            summary.append("| ").append(priority).append(" |");
            STATES.forEach(state -> summary.append(" ")
                    .append(states.stream().filter(state::equals).count())
                    .append(" |"));
            summary.append("\n");
        }
        return summary.toString();
    }

    private String evidence(Row row) {
        List<String> evidence = new ArrayList<>();
        for (String test : tests.getOrDefault(row.id(), Set.of())) {
            String name = test.substring(test.lastIndexOf('/') + 1).replace(".java", "");
            evidence.add("[%s](../%s)".formatted(name, test));
        }
        if (notes.containsKey(row.id())) {
            evidence.add(escape(notes.getOrDefault(row.id(), "")));
        }
        return String.join(", ", evidence);
    }

    private static String escape(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
    }
}
