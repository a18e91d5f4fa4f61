// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the fields of one mapping and says precisely where one is not what it must be. Fields that nobody asks for
/// are not looked at. Paths (`spec.ports[0].port`) are only put together for a message.
final class Fields {

    private final Value.Mapping mapping;
    private final @Nullable Fields parent;
    private final String step;

    private Fields(Value.Mapping mapping, @Nullable Fields parent, String step) {
        this.mapping = mapping;
        this.parent = parent;
        this.step = step;
    }

    static Fields of(Value.Mapping document) {
        return new Fields(document, null, "");
    }

    Value.Mapping mapping() {
        return mapping;
    }

    /// A string, or empty if the field is absent.
    Optional<String> text(String key) {
        Value value = mapping.entries().get(key);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(text(value, key));
    }

    String requiredText(String key) {
        return text(key).filter(text -> !text.isEmpty()).orElseThrow(() -> invalid(key, "is missing", ""));
    }

    /// A whole number from `least` to `most`, or `absent`.
    int number(String key, int absent, int least, int most, String what) {
        Value value = mapping.entries().get(key);
        if (value == null) {
            return absent;
        }
        if (!(value instanceof Value.Numeral(String digits, Position _))) {
            String remedy = value instanceof Value.Text ? "remove the quotes" : "";
            throw invalid(key, "must be a whole number, not " + value.typeName(), remedy);
        }
        try {
            int number = Integer.parseInt(digits);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through: too large, or no whole number.
        }
        throw invalid(key, digits + " is not " + what + " (" + least + " to " + most + ")", "");
    }

    boolean flag(String key, boolean absent) {
        Value value = mapping.entries().get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof Value.Flag(boolean set, Position _)) {
            return set;
        }
        throw invalid(key, "must be true or false, not " + value.typeName(), "");
    }

    boolean has(String key) {
        return mapping.entries().containsKey(key);
    }

    /// The mapping at a field; one without fields where it is absent.
    Fields at(String key) {
        Value value = mapping.entries().get(key);
        return switch (value) {
            case null -> new Fields(new Value.Mapping(Map.of(), mapping.position()), this, key);
            case Value.Mapping inner -> new Fields(inner, this, key);
            default -> throw invalid(key, "must be a mapping, not " + value.typeName(), "");
        };
    }

    /// The mappings of a list; none where it is absent.
    List<Fields> each(String key) {
        List<Value> items = items(key);
        List<Fields> all = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            if (!(items.get(i) instanceof Value.Mapping inner)) {
                throw invalid(
                        items.get(i),
                        key + "[" + i + "]",
                        "must be a mapping, not " + items.get(i).typeName(),
                        "");
            }
            all.add(new Fields(inner, this, key + "[" + i + "]"));
        }
        return all;
    }

    /// The strings of a list; none where it is absent.
    List<String> texts(String key) {
        List<Value> items = items(key);
        List<String> all = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            all.add(text(items.get(i), key + "[" + i + "]"));
        }
        return all;
    }

    /// A mapping of strings to strings, as labels and annotations are.
    Map<String, String> textMap(String key) {
        Fields inner = at(key);
        Map<String, String> all = new LinkedHashMap<>();
        inner.mapping.entries().forEach((name, value) -> all.put(name, inner.text(value, name)));
        return all;
    }

    /// What is wrong with a field, at its own place or, where it is absent, at the mapping's.
    ///
    /// @param key empty for the mapping itself
    InvalidObjectException invalid(String key, String why, String remedy) {
        Value value = mapping.entries().get(key);
        return invalid(value == null ? mapping : value, key, why, remedy);
    }

    /// What is wrong with an entry of a list of strings.
    InvalidObjectException invalid(String key, int index, String why) {
        return invalid(items(key).get(index), key + "[" + index + "]", why, "");
    }

    private InvalidObjectException invalid(Value place, String key, String why, String remedy) {
        return new InvalidObjectException(place.position(), path(key) + ": " + why, remedy);
    }

    private String text(Value value, String key) {
        if (value instanceof Value.Text(String text, Position _)) {
            return text;
        }
        boolean scalar = value instanceof Value.Numeral || value instanceof Value.Flag;
        throw invalid(value, key, "must be a string, not " + value.typeName(), scalar ? "put it in quotes" : "");
    }

    private List<Value> items(String key) {
        Value value = mapping.entries().get(key);
        return switch (value) {
            case null -> List.of();
            case Value.Sequence sequence -> sequence.items();
            default -> throw invalid(key, "must be a list, not " + value.typeName(), "");
        };
    }

    private String path(String key) {
        String own = parent == null ? "" : parent.path(step);
        return own.isEmpty() || key.isEmpty() ? own + key : own + "." + key;
    }
}
