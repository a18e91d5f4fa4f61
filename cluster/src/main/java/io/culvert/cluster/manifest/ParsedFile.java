// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.Decoded;
import io.culvert.cluster.decode.DocumentName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one file says.
///
/// @param objects in the order of the file
/// @param broken objects whose documents say their name and are wrong otherwise
/// @param nameless whether some document is wrong and does not even say what it is about
record ParsedFile(
        Map<DocumentName, Located> objects, Set<DocumentName> broken, boolean nameless, List<Problem> problems) {

    /// @param place `file:line:column` of the document
    record Located(Decoded decoded, String place) {}

    static final ParsedFile EMPTY = new ParsedFile(Map.of(), Set.of(), false, List.of());

    /// A file that cannot be read at all.
    static ParsedFile unreadable(Problem problem) {
        return new ParsedFile(Map.of(), Set.of(), true, List.of(problem));
    }

    /// Whether some document is wrong, so that what the file said before matters.
    boolean faulty() {
        return nameless || !broken.isEmpty();
    }

    /// This file with the last good version of what it has no good version of now. Where a document does not say what
    /// it is about, it may be about anything that the file had before.
    ParsedFile keepingFrom(ParsedFile before) {
        if (!faulty()) {
            return this;
        }
        Map<DocumentName, Located> kept = new LinkedHashMap<>(objects);
        before.objects.forEach((name, located) -> {
            if (nameless || broken.contains(name)) {
                kept.putIfAbsent(name, located);
            }
        });
        return new ParsedFile(kept, broken, nameless, problems);
    }
}
