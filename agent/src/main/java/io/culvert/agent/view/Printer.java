// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.PrintWriter;
import java.util.List;

/// Prints values in the format that was asked for.
public final class Printer {

    private final Format format;
    private final PrintWriter out;

    public Printer(Format format, PrintWriter out) {
        this.format = format;
        this.out = out;
    }

    /// Prints rows. JSON and YAML have them as an array, whatever columns the tables have.
    public <T> void list(List<Column<T>> columns, List<T> rows) {
        switch (format) {
            case TABLE ->
                TableWriter.write(
                        columns.stream().filter(column -> !column.wide()).toList(), rows, out);
            case WIDE -> TableWriter.write(columns, rows, out);
            case JSON, YAML -> document(rows);
        }
        out.flush();
    }

    /// Prints one value as JSON or YAML.
    public void document(Object value) {
        try {
            out.println(format == Format.YAML ? yaml(value) : json(value));
            out.flush();
        } catch (JsonProcessingException e) {
            throw new AssertionError("views are plain records", e);
        }
    }

    private static String json(Object value) throws JsonProcessingException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
    }

    private static String yaml(Object value) throws JsonProcessingException {
        YAMLFactory factory = YAMLFactory.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .build();
        return new ObjectMapper(factory).writeValueAsString(value).stripTrailing();
    }
}
