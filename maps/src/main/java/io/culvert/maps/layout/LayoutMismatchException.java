// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import java.util.List;

/// An object was compiled from structs other than those that Java states. It is not loaded: its programs and this
/// agent would misread each other's maps.
public final class LayoutMismatchException extends RuntimeException {

    private final transient List<String> differences;

    /// @param object name of the object, for example `sock_lb.o`
    /// @param differences at least one, from [LayoutCheck]
    public LayoutMismatchException(String object, List<String> differences) {
        super("load %s: %s%s; build agent and objects from the same source"
                .formatted(
                        object,
                        differences.getFirst(),
                        differences.size() == 1 ? "" : " (and " + (differences.size() - 1) + " more)"));
        this.differences = List.copyOf(differences);
    }

    /// All of them, one line each.
    public List<String> differences() {
        return differences;
    }
}
