// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What stands behind the `?`.
final class Query {

    /// Longer values are refused.
    private static final int LENGTH = 256;

    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /// @param raw as it came; null: there is none
    /// @throws BadQueryException if a name is unknown or given twice, or a value is too long or badly encoded
    static Query parse(@Nullable String raw, Set<String> known) {
        Map<String, String> values = new HashMap<>();
        if (raw == null || raw.isEmpty()) {
            return new Query(values);
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!known.contains(name)) {
                throw new BadQueryException("unknown parameter; there are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
            if (values.put(name, decoded(name, equals < 0 ? "" : pair.substring(equals + 1))) != null) {
                throw new BadQueryException(name + ": given twice");
            }
        }
        return new Query(values);
    }

    private static String decoded(String name, String value) {
        try {
            String text = URLDecoder.decode(value, StandardCharsets.UTF_8).strip();
            if (text.length() > LENGTH) {
                throw new BadQueryException(name + ": longer than " + LENGTH + " characters");
            }
            return text;
        } catch (IllegalArgumentException e) {
            throw new BadQueryException(name + ": not percent-encoded");
        }
    }

    /// The value, or an empty text.
    String text(String name) {
        return values.getOrDefault(name, "");
    }

    /// The number, or a default.
    ///
    /// @throws BadQueryException if it is none, or not between both bounds
    int number(String name, int otherwise, int least, int most) {
        String text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (text.matches("\\d{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new BadQueryException(name + ": not a number from " + least + " to " + most);
    }
}
