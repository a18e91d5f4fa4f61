// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads values of JSON from the tokens of a parser. `metadata.managedFields`, half the bytes of many objects, is
/// skipped unread, and so is what [UnreadFields] has.
public final class JsonValues {

    private static final String MANAGED_FIELDS = "managedFields";
    private static final String METADATA = "metadata";

    private final JsonParser parser;
    private final Set<String> unread;
    private boolean inMetadata;

    public JsonValues(JsonParser parser) {
        this(parser, Set.of());
    }

    private JsonValues(JsonParser parser, Set<String> unread) {
        this.parser = parser;
        this.unread = unread;
    }

    /// Reads objects of one kind, without what nobody asks for.
    public static JsonValues of(DocumentKind kind, JsonParser parser) {
        return new JsonValues(parser, UnreadFields.of(kind));
    }

    /// Reads the value whose first token is the parser's current one, and leaves the parser at its last token.
    ///
    /// @return null for a null
    /// @throws InvalidObjectException for what JSON allows and an API object cannot be
    /// @throws IOException for text that is no JSON, or that ends early
    public @Nullable Value read() throws IOException {
        Position position = position();
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(position);
            case START_ARRAY -> sequence(position);
            case VALUE_STRING -> new Value.Text(parser.getText(), position);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Value.Numeral(parser.getText(), position);
            case VALUE_TRUE -> new Value.Flag(true, position);
            case VALUE_FALSE -> new Value.Flag(false, position);
            case null, default -> null;
        };
    }

    private Value mapping(Position position) throws IOException {
        Map<String, Value> entries = new LinkedHashMap<>();
        while (next() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Position keyPosition = position();
            next();
            if (key.equals(MANAGED_FIELDS) || (!inMetadata && unread.contains(key))) {
                parser.skipChildren();
                continue;
            }
            Value value = key.equals(METADATA) && !inMetadata ? metadata() : read();
            if (value != null && entries.put(key, value) != null) {
                throw Value.duplicate(key, keyPosition);
            }
        }
        return new Value.Mapping(entries, position);
    }

    private @Nullable Value metadata() throws IOException {
        inMetadata = true;
        try {
            return read();
        } finally {
            inMetadata = false;
        }
    }

    private Value sequence(Position position) throws IOException {
        List<Value> items = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            Value item = read();
            if (item == null) {
                throw Value.emptyEntry(position());
            }
            items.add(item);
        }
        return new Value.Sequence(items, position);
    }

    private JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new InvalidObjectException(position(), "the text ends within an object", "");
        }
        return token;
    }

    private Position position() {
        JsonLocation location = parser.currentTokenLocation();
        return new Position(location.getLineNr(), location.getColumnNr());
    }
}
