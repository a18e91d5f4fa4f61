// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.maps.DropReason;
import io.culvert.maps.event.EventKind;
import io.culvert.observability.count.FlowCounts;
import io.culvert.observability.names.ServiceName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// What flows tell, under our own names.
final class FlowMeters {

    // Held here: Micrometer holds it by a weak reference.
    private final Supplier<FlowReading> source;
    private final CounterRows flows;
    private final CounterRows drops;
    private final CounterRows dropBytes;
    private final CounterRows verdicts;
    private final CounterRows connections;
    private final CounterRows bytes;
    private final CounterRows serviceDrops;
    private final ServiceTotals services = new ServiceTotals();

    FlowMeters(MeterRegistry registry, Supplier<FlowReading> reading) {
        source = reading;
        flows = new CounterRows(registry, "culvert_flows_total", "Flows that programs told of.");
        drops = new CounterRows(registry, "culvert_flow_drops_total", "Drops that programs told of.");
        dropBytes = new CounterRows(registry, "culvert_flow_drop_bytes_total", "Bytes of drops that were told of.");
        verdicts = new CounterRows(registry, "culvert_policy_verdicts_total", "Verdicts of policies.");
        connections = new CounterRows(registry, "culvert_service_connections_total", "Connections that began.");
        bytes = new CounterRows(registry, "culvert_service_bytes_total", "Bytes of connections that ended.");
        serviceDrops = new CounterRows(registry, "culvert_service_drops_total", "Drops on the way to a Service.");
        for (EventKind kind : EventKind.values()) {
            if (kind != EventKind.LOST) {
                counter(
                        registry,
                        source,
                        "culvert_flow_events_lost_total",
                        "Events that found no room in the ring.",
                        now -> now.lost().getOrDefault(kind, 0L),
                        "kind",
                        text(kind));
            }
        }
        counter(
                registry,
                source,
                "culvert_flow_observer_missed_total",
                "Flows overwritten before an observer looked at them, of all observers.",
                FlowReading::missed);
        counter(
                registry,
                source,
                "culvert_flow_file_lines_total",
                "Lines of flows and of losses that were written to files.",
                now -> now.file().done());
        counter(
                registry,
                source,
                "culvert_flow_file_lost_total",
                "Flows that were to be written to files and were not.",
                now -> now.file().lost());
        counter(
                registry,
                source,
                "culvert_flow_otlp_sent_total",
                "Flows that a collector of OpenTelemetry took.",
                now -> now.collector().done());
        counter(
                registry,
                source,
                "culvert_flow_otlp_lost_total",
                "Flows that were to be sent to a collector of OpenTelemetry and were not.",
                now -> now.collector().lost());
        gauge(registry, source, "culvert_flow_store_flows", "Flows that are kept.", FlowReading::kept);
        gauge(registry, source, "culvert_flow_store_capacity", "Flows that there is room for.", FlowReading::capacity);
        gauge(registry, source, "culvert_flow_store_bytes", "Memory of kept flows.", FlowReading::bytes);
    }

    private static void gauge(
            MeterRegistry registry,
            Supplier<FlowReading> reading,
            String name,
            String help,
            ToDoubleFunction<FlowReading> value) {
        Gauge.builder(name, () -> value.applyAsDouble(reading.get()))
                .description(help)
                .register(registry);
    }

    private static void counter(
            MeterRegistry registry,
            Supplier<FlowReading> reading,
            String name,
            String help,
            ToDoubleFunction<FlowReading> value,
            String... tags) {
        FunctionCounter.builder(name, reading, source -> value.applyAsDouble(source.get()))
                .description(help)
                .tags(tags)
                .register(registry);
    }

    void update(FlowReading reading) {
        List<FlowCounts.Sort> sorts = reading.counts().sorts();
        flows.set(sums(sorts, FlowMeters::tags, FlowCounts.Sort::count));
        verdicts.set(sums(
                sorts.stream().filter(sort -> sort.kind() == EventKind.VERDICT).toList(),
                sort -> Tags.of("direction", HubbleLabels.direction(sort.hook()), "action", text(sort.verdict())),
                FlowCounts.Sort::count));
        List<FlowCounts.Drop> dropped = reading.counts().drops();
        drops.set(sums(dropped, FlowMeters::tags, FlowCounts.Drop::count));
        dropBytes.set(sums(dropped, FlowMeters::tags, FlowCounts.Drop::bytes));
        services(services.update(reading.counts().services(), reading.services()));
    }

    private void services(Map<ServiceName, ServiceTotals.Totals> totals) {
        var rows = totals.entrySet();
        connections.set(sums(rows, FlowMeters::tags, row -> row.getValue().connections()));
        serviceDrops.set(sums(rows, FlowMeters::tags, row -> row.getValue().drops()));
        Map<Tags, Double> both = sums(
                rows,
                row -> tags(row).and("direction", "request"),
                row -> row.getValue().sent());
        both.putAll(sums(
                rows,
                row -> tags(row).and("direction", "reply"),
                row -> row.getValue().received()));
        bytes.set(both);
    }

    private static Tags tags(Map.Entry<ServiceName, ServiceTotals.Totals> row) {
        return Tags.of(
                "namespace", row.getKey().namespace(), "service", row.getKey().name());
    }

    private static Tags tags(FlowCounts.Sort sort) {
        return Tags.of("kind", text(sort.kind()), "verdict", text(sort.verdict()), "hook", text(sort.hook()));
    }

    private static Tags tags(FlowCounts.Drop drop) {
        String reason = DropReason.ofNumber(drop.reason()).map(FlowMeters::text).orElse("unknown");
        return Tags.of("reason", reason, "direction", HubbleLabels.direction(drop.hook()));
    }

    static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /// Rows with the same labels are one.
    static <T> Map<Tags, Double> sums(Iterable<T> rows, Function<T, Tags> tags, ToDoubleFunction<T> value) {
        Map<Tags, Double> sums = new HashMap<>();
        rows.forEach(row -> sums.merge(tags.apply(row), value.applyAsDouble(row), Double::sum));
        return sums;
    }
}
