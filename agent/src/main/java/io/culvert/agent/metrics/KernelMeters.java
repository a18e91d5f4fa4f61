// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.maps.DropReason;
import io.culvert.maps.PacketCount;
import io.culvert.maps.datapath.MapUse;
import io.culvert.servicelb.ServiceStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// Metrics whose rows come and go: maps, drops, and Services in trouble.
final class KernelMeters {

    private final MultiGauge entries;
    private final MultiGauge capacity;
    private final MultiGauge pressure;
    private final MultiGauge troubles;
    private volatile Map<DropReason, PacketCount> drops = Map.of();

    KernelMeters(MeterRegistry registry) {
        entries = gauge(registry, "culvert_map_entries", "Entries in use.");
        capacity = gauge(registry, "culvert_map_capacity", "Room for entries now; some maps grow.");
        pressure = gauge(registry, "culvert_map_pressure_ratio", "Entries in use by room for entries.");
        troubles = gauge(
                registry, "culvert_service_problems", "1 for each Service that is not programmed as it asks to be.");
        for (DropReason reason : DropReason.values()) {
            if (reason.passes()) {
                String help = "Packets that policies let pass, and not because a rule says so.";
                counted(registry, "culvert_policy_passed_total", help, reason, PacketCount::packets);
            } else {
                counted(registry, "culvert_drops_total", "Packets dropped.", reason, PacketCount::packets);
                counted(registry, "culvert_drop_bytes_total", "Bytes of packets dropped.", reason, PacketCount::bytes);
            }
        }
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String help) {
        return MultiGauge.builder(name).description(help).register(registry);
    }

    private void counted(
            MeterRegistry registry, String name, String help, DropReason reason, ToDoubleFunction<PacketCount> value) {
        FunctionCounter.builder(
                        name, this, meters -> value.applyAsDouble(meters.drops.getOrDefault(reason, PacketCount.ZERO)))
                .description(help)
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    void update(Reading reading) {
        drops = reading.drops();
        rows(entries, reading.maps(), MapUse::entries);
        rows(capacity, reading.maps(), MapUse::capacity);
        rows(pressure, reading.maps(), map -> (double) map.entries() / Math.max(1, map.capacity()));
        troubles.register(
                reading.troubles().stream()
                        .map(status -> Row.of(tags(status), () -> 1))
                        .toList(),
                true);
    }

    private static void rows(MultiGauge gauge, List<MapUse> maps, Function<MapUse, Number> value) {
        gauge.register(
                maps.stream()
                        .map(map -> Row.of(Tags.of("map", map.name()), () -> value.apply(map)))
                        .toList(),
                true);
    }

    private static Tags tags(ServiceStatus status) {
        return Tags.of(
                "namespace",
                status.service().namespace(),
                "service",
                status.service().name(),
                "state",
                status.state().name().toLowerCase(Locale.ROOT));
    }
}
