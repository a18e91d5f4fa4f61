// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Server-side apply to the `status.conditions` of objects: a list by `type`, each condition of whom applied it last.
/// Guarded by the server's lock.
final class AppliedConditions {

    private final Map<String, Set<String>> owned = new HashMap<>();

    /// The object with what a field manager says of it, all of it: what it said before and says no more is gone.
    ///
    /// @param key of the object
    ObjectNode apply(String key, ObjectNode object, String manager, JsonNode applied) {
        ObjectNode result = object.deepCopy();
        Set<String> before = owned.getOrDefault(key + " " + manager, Set.of());
        Set<String> now = new HashSet<>();
        applied.at("/status/conditions")
                .forEach(condition -> now.add(condition.path("type").asText()));
        owned.put(key + " " + manager, now);
        ArrayNode conditions = result.withObjectProperty("status").putArray("conditions");
        for (JsonNode condition : object.at("/status/conditions")) {
            String type = condition.path("type").asText();
            if (!before.contains(type) && !now.contains(type)) {
                conditions.add(condition);
            }
        }
        applied.at("/status/conditions").forEach(conditions::add);
        return result;
    }
}
