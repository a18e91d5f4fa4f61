// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.maps.datapath.MapUse;
import io.culvert.observability.count.FlowCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// What means the same under the names of Hubble and Cilium, so that their dashboards show something.
final class HubbleMeters {

    // Held here: Micrometer holds it by a weak reference.
    private final Supplier<Reading> source;
    private final CounterRows processed;
    private final CounterRows drops;
    private final CounterRows tcp;
    private final CounterRows icmp;
    private final CounterRows ports;
    private final CounterRows verdicts;
    private final CounterRows dropCount;
    private final CounterRows dropBytes;
    private final MultiGauge pressure;

    HubbleMeters(MeterRegistry registry, Supplier<Reading> reading) {
        source = reading;
        processed = new CounterRows(registry, "hubble_flows_processed_total", "Flows that programs told of.");
        drops = new CounterRows(registry, "hubble_drop_total", "Drops that programs told of.");
        tcp = new CounterRows(registry, "hubble_tcp_flags_total", "TCP segments that went on, by their flags.");
        icmp = new CounterRows(registry, "hubble_icmp_total", "ICMP messages.");
        ports = new CounterRows(registry, "hubble_port_distribution_total", "Flows by destination port.");
        verdicts = new CounterRows(registry, "hubble_policy_verdicts_total", "Verdicts of policies.");
        dropCount = new CounterRows(registry, "cilium_drop_count_total", "Drops that programs told of.");
        dropBytes = new CounterRows(registry, "cilium_drop_bytes_total", "Bytes of drops that were told of.");
        pressure = MultiGauge.builder("cilium_bpf_map_pressure")
                .description("Entries in use by room for entries.")
                .register(registry);
        lost(registry, source, "PERF_EVENT_RING_BUFFER", now -> sum(now.lost().values()));
        lost(registry, source, "HUBBLE_RING_BUFFER", FlowReading::missed);
        gauge(
                registry,
                source,
                "cilium_policy",
                "Policies of the cluster.",
                now -> now.policies().policies());
        gauge(
                registry,
                source,
                "cilium_policy_max_revision",
                "What programs enforce.",
                now -> now.policies().epoch());
        gauge(registry, source, "cilium_endpoint", "Interfaces with packet programs.", Reading::podInterfaces);
    }

    private static double sum(Iterable<Long> counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    private static void lost(
            MeterRegistry registry, Supplier<Reading> reading, String source, ToDoubleFunction<FlowReading> value) {
        FunctionCounter.builder(
                        "hubble_lost_events_total",
                        reading,
                        now -> value.applyAsDouble(now.get().flows()))
                .description("Flows that were lost on their way to observers.")
                .tag("source", source)
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry,
            Supplier<Reading> reading,
            String name,
            String help,
            ToDoubleFunction<Reading> value) {
        Gauge.builder(name, () -> value.applyAsDouble(reading.get()))
                .description(help)
                .register(registry);
    }

    void update(Reading reading) {
        FlowCounts counts = reading.flows().counts();
        List<FlowCounts.Sort> sorts = counts.sorts();
        processed.set(FlowMeters.sums(
                sorts,
                sort -> Tags.of("protocol", sort.protocol().toString())
                        .and("type", HubbleLabels.type(sort.kind()))
                        .and("subtype", HubbleLabels.subtype(sort.kind(), sort.hook()))
                        .and("verdict", sort.verdict().name()),
                FlowCounts.Sort::count));
        verdicts.set(FlowMeters.sums(
                sorts.stream()
                        .filter(sort -> HubbleLabels.type(sort.kind()).equals("PolicyVerdict"))
                        .toList(),
                sort -> Tags.of(
                        "direction", HubbleLabels.direction(sort.hook()), "action", FlowMeters.text(sort.verdict())),
                FlowCounts.Sort::count));
        drops(counts.drops());
        tcp.set(FlowMeters.sums(
                counts.tcp(),
                row -> Tags.of(
                        "flag", row.sign().toString(), "family", row.family().apiName()),
                FlowCounts.Tcp::count));
        icmp.set(FlowMeters.sums(
                counts.icmp(),
                row -> Tags.of(
                        "family", row.family().apiName(), "type", HubbleLabels.icmpType(row.family(), row.type())),
                FlowCounts.Icmp::count));
        ports.set(FlowMeters.sums(
                counts.ports(),
                row -> Tags.of(
                        "protocol",
                        row.protocol().toString(),
                        "port",
                        row.port() == FlowCounts.Port.OTHER ? "other" : Integer.toString(row.port())),
                FlowCounts.Port::count));
        pressure.register(reading.maps().stream().map(HubbleMeters::pressure).toList(), true);
    }

    private void drops(List<FlowCounts.Drop> dropped) {
        drops.set(FlowMeters.sums(
                dropped,
                drop -> Tags.of(
                        "reason",
                        HubbleLabels.reason(drop.reason()),
                        "protocol",
                        drop.protocol().toString()),
                FlowCounts.Drop::count));
        dropCount.set(FlowMeters.sums(dropped, HubbleMeters::tags, FlowCounts.Drop::count));
        dropBytes.set(FlowMeters.sums(dropped, HubbleMeters::tags, FlowCounts.Drop::bytes));
    }

    /// Cilium says directions in capitals there.
    private static Tags tags(FlowCounts.Drop drop) {
        return Tags.of("reason", HubbleLabels.reasonText(drop.reason()))
                .and("direction", HubbleLabels.direction(drop.hook()).toUpperCase(Locale.ROOT));
    }

    private static Row<?> pressure(MapUse map) {
        return Row.of(Tags.of("map_name", map.name()), () -> (double) map.entries() / Math.max(1, map.capacity()));
    }
}
