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

    private static final String HEAD = """
            # Service behaviour, row by row

            What a kube-proxy replacement must do, and what proves that Culvert does it. Written by `ServiceRowsTest` from
            `docs/rows/services.tsv`, `docs/rows/notes.tsv` and the names of the tests; do not edit. A test proves a row when its
            name begins with it, as in `A6_02_podsAreMasquerade...`. P0 is upstream conformance or security, P1 parity with
            kube-proxy, P2 comfort. Explained: met by design, proved under another name, or different on purpose.

            """;

    /// @param id for example `A6-02`
    /// @param priority P0, P1 or P2
    record Row(String id, String priority, String text) {

        String section() {
            return id.substring(0, id.indexOf('-'));
        }
    }

    private final List<Row> rows;
    private final Map<String, String> notes;
    private final Map<String, Set<String>> tests;

    private RowTable(List<Row> rows, Map<String, String> notes, Map<String, Set<String>> tests) {
        this.rows = rows;
        this.notes = notes;
        this.tests = tests;
    }

    static RowTable read(Path root) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("docs/rows/services.tsv"))) {
            String[] cells = line.split("\t", 3);
            rows.add(new Row(cells[0], cells[1], cells[2]));
        }
        Map<String, String> notes = new LinkedHashMap<>();
        for (String line : Files.readAllLines(root.resolve("docs/rows/notes.tsv"))) {
            String[] cells = line.split("\t", 2);
            notes.put(cells[0], cells[1]);
        }
        return new RowTable(rows, notes, ProvingTests.below(root));
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
        tests.keySet().stream().filter(id -> id.startsWith("A")).forEach(unknown::add);
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
        StringBuilder page = new StringBuilder(HEAD).append(summary());
        String section = "";
        for (Row row : rows) {
            if (!row.section().equals(section)) {
                section = row.section();
                page.append("\n## ")
                        .append(section)
                        .append("\n\n| row | | behaviour | state | by |\n|---|---|---|---|---|\n");
            }
            page.append("| %s | %s | %s | %s | %s |\n"
                    .formatted(row.id(), row.priority(), escape(row.text()), state(row), evidence(row)));
        }
        return page.toString();
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
