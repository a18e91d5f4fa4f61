// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// When text has colours.
public enum ColourChoice {
    /// On a terminal, unless its user wants none anywhere.
    AUTO,
    ALWAYS,
    NEVER;

    /// By its name in any case; empty if there is none of that name.
    public static Optional<ColourChoice> of(String name) {
        return Stream.of(values())
                .filter(choice -> choice.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /// @param terminal whether somebody reads it on one
    /// @param refusal the environment's `NO_COLOR`
    public boolean isPainted(boolean terminal, @Nullable String refusal) {
        return this == ALWAYS || (this == AUTO && terminal && refusal == null);
    }
}
