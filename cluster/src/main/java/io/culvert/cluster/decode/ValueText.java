// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/// Writes a value as text that [YamlValues] and, if it came from JSON, [JsonValues] read as an equal one.
public final class ValueText {

    /// An object with anchors within anchors can be far larger written out than it was.
    private static final int LONGEST = 1 << 24;

    private static final JsonFactory JSON = new JsonFactory();

    private final StringWriter text = new StringWriter();
    private final JsonGenerator generator;

    private ValueText() throws IOException {
        generator = JSON.createGenerator(text);
        // YAML takes fewer characters unescaped than JSON.
        generator.setHighestNonEscapedChar(126);
    }

    /// One line of text.
    ///
    /// @throws IOException if it would have more than 16 Mi characters
    public static String of(Value value) throws IOException {
        ValueText writer = new ValueText();
        writer.write(value);
        writer.generator.flush();
        return writer.text.toString();
    }

    private void write(Value value) throws IOException {
        if (text.getBuffer().length() > LONGEST) {
            throw new IOException("an object is too large with its anchors written out");
        }
        switch (value) {
            case Value.Mapping(Map<String, Value> entries, Position _) -> {
                generator.writeStartObject();
                for (Map.Entry<String, Value> entry : entries.entrySet()) {
                    generator.writeFieldName(entry.getKey());
                    write(entry.getValue());
                }
                generator.writeEndObject();
            }
            case Value.Sequence sequence -> {
                generator.writeStartArray();
                for (Value item : sequence.items()) {
                    write(item);
                }
                generator.writeEndArray();
            }
            case Value.Text string -> generator.writeString(string.text());
            // As it was written, which YAML may have in more ways than JSON.
            case Value.Numeral numeral -> generator.writeNumber(numeral.digits());
            case Value.Flag flag -> generator.writeBoolean(flag.set());
        }
    }
}
