// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.InvalidObjectException;
import io.culvert.cluster.decode.JsonValues;
import io.culvert.cluster.decode.Value;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The events of a watch, one by one as they arrive.
final class WatchEvents implements AutoCloseable {

    private static final JsonFactory JSON = new JsonFactory();

    /// @param version of the object, and so of everything up to this event
    record Event(Type type, String version, Value.Mapping object) {}

    enum Type {
        ADDED,
        MODIFIED,
        DELETED,
        BOOKMARK
    }

    private final DocumentKind kind;
    private final JsonParser parser;

    WatchEvents(DocumentKind kind, InputStream body) throws IOException {
        this.kind = kind;
        this.parser = JSON.createParser(body);
    }

    /// Waits for the next event; empty when the server ends the watch.
    ///
    /// @throws ApiException if the server reports an error in place of an event, or sends no events
    Optional<Event> next() throws IOException {
        try {
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            return Optional.of(event(JsonValues.of(kind, parser).read()));
        } catch (JsonProcessingException | InvalidObjectException _) {
            throw new ApiException("the answer is not a watch, or breaks off within an event");
        }
    }

    private static Event event(@Nullable Value line) throws ApiException {
        if (!(line instanceof Value.Mapping event)
                || !(event.entries().get("object") instanceof Value.Mapping object)) {
            throw new ApiException("the answer is not a watch");
        }
        Type type = switch (text(event, "type")) {
            case "ADDED" -> Type.ADDED;
            case "MODIFIED" -> Type.MODIFIED;
            case "DELETED" -> Type.DELETED;
            case "BOOKMARK" -> Type.BOOKMARK;
            case "ERROR" -> throw error(object);
            default -> throw new ApiException("the watch has an event of type " + text(event, "type"));
        };
        String version = object.entries().get("metadata") instanceof Value.Mapping metadata
                ? text(metadata, "resourceVersion")
                : "";
        if (version.isEmpty()) {
            throw new ApiException("the watch has an event without a resourceVersion");
        }
        return new Event(type, version, object);
    }

    private static ApiException error(Value.Mapping status) {
        String message = text(status, "message");
        int code = status.entries().get("code") instanceof Value.Numeral number ? code(number) : 500;
        return new ApiException(code, "the watch ended with " + code + (message.isEmpty() ? "" : ": " + message));
    }

    private static int code(Value.Numeral number) {
        try {
            return Integer.parseInt(number.digits());
        } catch (NumberFormatException _) {
            return 500;
        }
    }

    private static String text(Value.Mapping mapping, String key) {
        return mapping.entries().get(key) instanceof Value.Text text ? text.text() : "";
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
