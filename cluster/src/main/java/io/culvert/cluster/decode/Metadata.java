// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.ObjectName;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/// `metadata` of an object.
///
/// @param created [Instant#EPOCH] where there is no creationTimestamp
record Metadata(
        ObjectName name, String uid, Instant created, Map<String, String> labels, Map<String, String> annotations) {

    /// The name alone, so that a document whose other fields are wrong can still be told from others.
    static ObjectName name(DocumentKind kind, Fields document) {
        Fields metadata = document.at("metadata");
        String name = metadata.requiredText("name");
        if (!plausible(name)) {
            throw metadata.invalid("name", "\"" + name + "\" is not an object name", "use a-z, 0-9, - and .");
        }
        String namespace = kind.namespaced() ? metadata.text("namespace").orElse("default") : "";
        return new ObjectName(namespace.intern(), name);
    }

    static Metadata of(DocumentKind kind, Fields document) {
        Fields metadata = document.at("metadata");
        return new Metadata(
                name(kind, document),
                metadata.text("uid").orElse(""),
                created(metadata),
                metadata.textMap("labels"),
                metadata.textMap("annotations"));
    }

    Optional<String> label(String key) {
        return Optional.ofNullable(labels.get(key));
    }

    Optional<Instant> time(String annotation) {
        String text = annotations.get(annotation);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            // Only a measurement depends on it.
            return Optional.empty();
        }
    }

    private static Instant created(Fields metadata) {
        String text = metadata.text("creationTimestamp").orElse("");
        if (text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw metadata.invalid("creationTimestamp", "\"" + text + "\" is not a time", "write 2026-01-31T12:00:00Z");
        }
    }

    /// Names come in by the ten thousand, so no pattern is run over them.
    private static boolean plausible(String name) {
        if (name.length() > 253) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            boolean inner = i > 0 && i < name.length() - 1 && (c == '-' || c == '.');
            if (!alphanumeric && !inner) {
                return false;
            }
        }
        return true;
    }
}
