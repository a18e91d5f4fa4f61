// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `Jun  9 10:11:12.345: default/client:40312 (ID:2341) -> default/web:8080 (ID:4411) to-endpoint FORWARDED (TCP Flags:
/// SYN)`
record CompactLayout(Consumer<String> lines) implements OutputFormat.Layout {

    @Override
    public void flow(FlowText flow, PrintOptions options) {
        String node = options.nodeName() ? " [" + flow.node() + "]" : "";
        boolean reply = flow.direction() == FlowText.Direction.REPLY;
        lines.accept(flow.time() + node + ": "
                + Stream.of(
                                reply ? flow.destination() : flow.source(),
                                reply ? flow.destinationIdentity() : flow.sourceIdentity(),
                                flow.direction().arrow(),
                                reply ? flow.source() : flow.destination(),
                                reply ? flow.sourceIdentity() : flow.destinationIdentity(),
                                flow.type(),
                                flow.verdict(),
                                "(" + flow.summary() + ")")
                        .filter(word -> !word.isEmpty())
                        .collect(Collectors.joining(" ")));
    }

    @Override
    public void event(List<String> keys, List<String> values) {
        int last = values.size() - 1;
        String node = last > 2 ? " [" + values.get(1) + "]" : "";
        lines.accept(values.getFirst() + node + ": " + values.get(last - 1) + " (" + values.get(last) + ")");
    }
}
