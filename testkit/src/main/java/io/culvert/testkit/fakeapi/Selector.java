// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;

/// Label and field selectors, as far as agents use them: `key`, `!key`, `key=value`, `key!=value`, joined by commas.
final class Selector {

    private Selector() {}

    static Predicate<JsonNode> of(Request request) {
        Predicate<JsonNode> all = _ -> true;
        for (String term : request.parameter("labelSelector").split(",")) {
            all = all.and(term(
                    term,
                    (object, key) -> object.path("metadata").path("labels").path(key)));
        }
        for (String term : request.parameter("fieldSelector").split(",")) {
            all = all.and(term(term, (object, path) -> object.at("/" + path.replace('.', '/'))));
        }
        return all;
    }

    private interface Lookup {
        JsonNode find(JsonNode object, String key);
    }

    private static Predicate<JsonNode> term(String term, Lookup lookup) {
        if (term.isEmpty()) {
            return _ -> true;
        }
        int equals = term.indexOf('=');
        if (equals < 0) {
            boolean absent = term.startsWith("!");
            String key = absent ? term.substring(1) : term;
            return object -> lookup.find(object, key).isMissingNode() == absent;
        }
        boolean not = term.charAt(equals - 1) == '!';
        String key = term.substring(0, not ? equals - 1 : equals);
        String value = term.substring(equals + 1).replaceFirst("^=", "");
        return object -> lookup.find(object, key).asText("").equals(value) != not;
    }
}
