// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import java.util.List;
import java.util.function.Consumer;

/// A key and its value in each line, and a line of hyphens between flows.
final class DictLayout implements OutputFormat.Layout {

    private final Consumer<String> lines;
    private boolean begun;

    DictLayout(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void flow(FlowText flow, PrintOptions options) {
        event(flow.keys(options), flow.values(options));
    }

    @Override
    public void event(List<String> keys, List<String> values) {
        if (begun) {
            lines.accept("------------");
        }
        begun = true;
        for (int i = 0; i < keys.size(); i++) {
            lines.accept(
                    " ".repeat("DESTINATION".length() - keys.get(i).length()) + keys.get(i) + ": " + values.get(i));
        }
    }
}
