// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.util.Optional;

/// One condition in the `status` of an object, as an API server shows it, and which version of which object that is.
///
/// @param uid of the object; empty where there is none
/// @param generation of what the object asks for; 0 where there is none
/// @param condition empty if the object has none of this type
public record ShownCondition(String uid, int generation, Optional<Condition> condition) {

    /// @param since `lastTransitionTime`, as it was written
    public record Condition(String status, String reason, String message, int observedGeneration, String since) {}

    /// @param type of the condition
    public static ShownCondition of(Value.Mapping object, String type) {
        Fields fields = Fields.of(object);
        try {
            Fields metadata = fields.at("metadata");
            return new ShownCondition(
                    metadata.text("uid").orElse(""), generation(metadata, "generation"), condition(fields, type));
        } catch (InvalidObjectException _) {
            // Nobody enforces by it: what cannot be read is as good as absent.
            return new ShownCondition("", 0, Optional.empty());
        }
    }

    private static Optional<Condition> condition(Fields object, String type) {
        return object.at("status").each("conditions").stream()
                .filter(condition -> condition.text("type").orElse("").equals(type))
                .map(condition -> new Condition(
                        condition.text("status").orElse(""),
                        condition.text("reason").orElse(""),
                        condition.text("message").orElse(""),
                        generation(condition, "observedGeneration"),
                        condition.text("lastTransitionTime").orElse("")))
                .findFirst();
    }

    private static int generation(Fields fields, String key) {
        return fields.number(key, 0, 0, Integer.MAX_VALUE, "a generation");
    }
}
