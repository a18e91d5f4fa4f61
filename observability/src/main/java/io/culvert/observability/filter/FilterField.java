// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.api.flow.FlowFilter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A field of a filter: a flow fits it if it fits one of its values.
///
/// @param name as `flow.proto` calls it
record FilterField<V>(String name, Function<FlowFilter, List<V>> values, Compiler<V> compiler) {

    /// Makes a match of values, of which there is at least one.
    interface Compiler<V> {

        /// @param field its name, for messages
        /// @throws MalformedFilterException if a value means nothing
        Match compile(String field, List<V> values, Lookups lookups);
    }

    /// What a filter says of this field, or empty if it says nothing.
    Optional<Match> match(FlowFilter filter, Lookups lookups) {
        List<V> wanted = values.apply(filter);
        return wanted.isEmpty() ? Optional.empty() : Optional.of(compiler.compile(name, wanted, lookups));
    }
}
