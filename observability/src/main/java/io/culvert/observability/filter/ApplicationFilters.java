// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Fields of a filter about what Culvert does not see, such as requests: nothing fits them, but a mistake is told.
final class ApplicationFilters {

    private static final Pattern STATUS = Pattern.compile("[1-5](?:[0-9]{2}|[0-9]?\\+)");

    private ApplicationFilters() {}

    static Match expression(String field, List<String> values) {
        for (String value : values) {
            try {
                Pattern.compile(value);
            } catch (PatternSyntaxException e) {
                throw MalformedFilterException.of(
                        field,
                        value,
                        "not a regular expression: " + e.getDescription() + " near index " + e.getIndex());
            }
        }
        return Match.nothing();
    }

    static Match status(String field, List<String> values) {
        for (String value : values) {
            if (!STATUS.matcher(value).matches()) {
                throw MalformedFilterException.of(field, value, "not a status; write 404, 40+ or 4+");
            }
        }
        return Match.nothing();
    }

    static Match expressionOfCel(String field, List<String> values) {
        values.forEach(value -> {
            throw MalformedFilterException.of(
                    field, value, "Culvert does not evaluate CEL; say it with the other fields");
        });
        return Match.nothing();
    }
}
