// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.List;
import java.util.Map;

/// A YAML or JSON value that knows where it was written. A field whose value is null is left out, as the API reads it.
public sealed interface Value {

    Position position();

    /// `list`, `string`, ...: for messages.
    String typeName();

    static InvalidObjectException duplicate(String key, Position position) {
        return new InvalidObjectException(position, "the field " + key + " is there twice", "remove one");
    }

    static InvalidObjectException emptyEntry(Position position) {
        return new InvalidObjectException(position, "an entry of a list is empty", "remove it");
    }

    record Mapping(Map<String, Value> entries, Position position) implements Value {
        @Override
        public String typeName() {
            return "a mapping";
        }
    }

    record Sequence(List<Value> items, Position position) implements Value {
        @Override
        public String typeName() {
            return "a list";
        }
    }

    record Text(String text, Position position) implements Value {
        @Override
        public String typeName() {
            return "the string \"" + text + "\"";
        }
    }

    /// A number, as it was written: `80`, `1e3`.
    record Numeral(String digits, Position position) implements Value {
        @Override
        public String typeName() {
            return "the number " + digits;
        }
    }

    record Flag(boolean set, Position position) implements Value {
        @Override
        public String typeName() {
            return "the boolean " + set;
        }
    }
}
