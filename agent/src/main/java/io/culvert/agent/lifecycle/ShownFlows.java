// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.metrics.FlowReading;
import io.culvert.agent.page.PageSource;
import io.culvert.agent.view.FrontendRow;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventTables;
import io.culvert.observability.count.FlowCounts;
import io.culvert.observability.export.FlowExport;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.otlp.OtlpExport;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The node's flows as metrics and the page see them, while they are kept.
final class ShownFlows implements PageSource {

    private final NodeState state;
    private final FlowCounts counts = new FlowCounts();
    private volatile @Nullable Kept kept;
    private volatile @Nullable FlowExport file;
    private volatile @Nullable OtlpExport otlp;

    private record Kept(FlowStore store, WallClock clock) {}

    ShownFlows(NodeState state) {
        this.state = state;
    }

    /// What counts them, on the thread that reads the ring.
    FlowCounts counts() {
        return counts;
    }

    /// Shows a store from now on.
    void begin(FlowStore store, WallClock clock) {
        kept = new Kept(store, clock);
    }

    /// Tells what this writes to files.
    void writes(FlowExport export) {
        file = export;
    }

    /// Tells what this sends to a collector.
    void sends(OtlpExport export) {
        otlp = export;
    }

    /// Shows none: it is about to be closed.
    void end() {
        kept = null;
    }

    FlowReading reading() {
        Kept present = kept;
        if (present == null) {
            return FlowReading.NOTHING;
        }
        FlowStore store = present.store;
        FlowExport lines = file;
        OtlpExport sent = otlp;
        return new FlowReading(
                counts,
                state.flows().names()::service,
                lost(),
                store.missed(),
                store.written() - store.oldest(),
                store.capacity(),
                store.bytes(),
                lines == null ? FlowReading.Exported.NOTHING : new FlowReading.Exported(lines.written(), lines.lost()),
                sent == null ? FlowReading.Exported.NOTHING : new FlowReading.Exported(sent.sent(), sent.lost()));
    }

    private Map<EventKind, Long> lost() {
        Map<EventKind, Long> lost = new EnumMap<>(EventKind.class);
        state.kernel().ifPresent(kernel -> {
            EventTables tables = kernel.datapath().maps().events();
            for (EventKind kind : EventKind.values()) {
                lost.put(kind, tables.lost(kind));
            }
        });
        return lost;
    }

    @Override
    public String nodeName() {
        return state.plan().nodeName();
    }

    @Override
    public Optional<Live> live() {
        return Optional.ofNullable(kept)
                .map(present -> new Live(present.store, state.flows().names(), present.clock, this::ringLost));
    }

    private long ringLost() {
        return lost().values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public List<FrontendRow> services() {
        return state.view().frontends("", "");
    }
}
