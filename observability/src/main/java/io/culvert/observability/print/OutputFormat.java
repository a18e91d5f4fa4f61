// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import java.util.List;
import java.util.function.Consumer;

/// How a result looks.
public enum OutputFormat {
    /// A line for each flow.
    COMPACT,
    /// A line for each key of a flow.
    DICT,
    /// Columns, which are as wide as they must, so that nothing is printed before the end.
    TABLE,
    /// A message of the API in each line.
    JSON;

    /// Puts words of flows and events into lines.
    interface Layout {

        void flow(FlowText flow, PrintOptions options);

        /// The first is the time; the last two are type and details.
        void event(List<String> keys, List<String> values);

        default void end() {}
    }

    Layout layout(Consumer<String> lines) {
        return switch (this) {
            case COMPACT, JSON -> new CompactLayout(lines);
            case DICT -> new DictLayout(lines);
            case TABLE -> new TableLayout(lines);
        };
    }
}
