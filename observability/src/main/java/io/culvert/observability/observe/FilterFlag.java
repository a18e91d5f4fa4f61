// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import java.util.List;

/// A flag that says which flows are wanted.
///
/// @param names with hyphens, the long one first
/// @param parameter what its value is called; empty: it has none
/// @param meaning for help
public record FilterFlag(List<String> names, String parameter, String meaning, Effect effect) {

    /// What a flag does to a filter that is being made.
    interface Effect {
        void apply(FilterPair filters, String value);
    }

    /// `--pod`
    public String name() {
        return names.getFirst();
    }

    public boolean hasValue() {
        return !parameter.isEmpty();
    }

    /// All of them, in the order of help.
    public static List<FilterFlag> all() {
        return FilterFlags.ALL;
    }
}
