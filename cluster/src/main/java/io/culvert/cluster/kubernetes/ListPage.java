// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.InvalidObjectException;
import io.culvert.cluster.decode.JsonValues;
import io.culvert.cluster.decode.Value;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads a page of a list as it arrives, one item at a time. What is not a whole page of a list of the right kind is
/// refused: a page of HTML, an empty object, or a list that was cut off must never look like a list without objects.
///
/// @param version of the whole list
/// @param next token of the next page; empty at the end
record ListPage(String version, String next) {

    private static final JsonFactory JSON = new JsonFactory();

    static ListPage read(InputStream body, DocumentKind kind, Consumer<Value.Mapping> items) throws IOException {
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw notAList();
            }
            return new Reader(parser, kind, items).read();
        } catch (JsonProcessingException | InvalidObjectException _) {
            throw notAList();
        }
    }

    private static ApiException notAList() {
        return new ApiException("the answer is not a list, or not all of one");
    }

    private static final class Reader {
        private final JsonParser parser;
        private final DocumentKind kind;
        private final Consumer<Value.Mapping> items;
        private boolean rightKind;
        private boolean itemsSeen;
        private Map<String, Value> metadata = Map.of();

        Reader(JsonParser parser, DocumentKind kind, Consumer<Value.Mapping> items) {
            this.parser = parser;
            this.kind = kind;
            this.items = items;
        }

        ListPage read() throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "kind" -> rightKind = (kind.apiName() + "List").equals(parser.getText());
                    case "metadata" -> metadata = entries(new JsonValues(parser).read());
                    case "items" -> items();
                    default -> parser.skipChildren();
                }
            }
            String version = text(metadata.get("resourceVersion"));
            if (parser.currentToken() != JsonToken.END_OBJECT || !rightKind || !itemsSeen || version.isEmpty()) {
                throw notAList();
            }
            return new ListPage(version, text(metadata.get("continue")));
        }

        private void items() throws IOException {
            itemsSeen = true;
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw notAList();
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (!(JsonValues.of(kind, parser).read() instanceof Value.Mapping item)) {
                    throw notAList();
                }
                items.accept(item);
            }
        }

        private static Map<String, Value> entries(@Nullable Value value) {
            return value instanceof Value.Mapping mapping ? mapping.entries() : Map.of();
        }

        private static String text(@Nullable Value value) {
            return value instanceof Value.Text text ? text.text() : "";
        }
    }
}
