// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.agent.Version;
import io.culvert.servicelb.WriteTotals;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// Metrics of the agent itself: what it programmed and what that cost.
final class AgentMeters {

    /// What an audit compares, by map; `links` for what is attached.
    private static final List<String> AUDITED =
            List.of("frontends", "services", "slots", "backends", "source_ranges", "cluster_addresses", "links");

    private final MeterRegistry registry;
    private final Supplier<Reading> reading;

    AgentMeters(MeterRegistry registry, Supplier<Reading> reading) {
        this.registry = registry;
        this.reading = reading;
    }

    void register() {
        Gauge.builder("culvert_build", () -> 1)
                .description("Always 1; the version is a label.")
                .tag("version", Version.text())
                .register(registry);
        gauge(
                "culvert_ready",
                "1 after the first full sync.",
                now -> now.startTook().isZero() ? 0 : 1);
        gauge(
                "culvert_start_duration_seconds",
                "From the start of the process to the first full sync; 0 before that.",
                now -> now.startTook().toMillis() / 1e3);
        gauge("culvert_services", "Services that are programmed, in part at least.", Reading::services);
        gauge("culvert_backends", "Backend ids in use.", Reading::backends);
        gauge("culvert_pod_interfaces", "Interfaces with packet programs.", Reading::podInterfaces);
        gauge("culvert_node_devices", "Devices of the node with packet programs.", Reading::nodeDevices);
        gauge(
                "culvert_unsupported_interfaces",
                "Interfaces and pods that programs cannot serve.",
                Reading::unsupportedInterfaces);
        gauge(
                "culvert_health_check_sockets",
                "Listening sockets of health check node ports.",
                Reading::healthCheckSockets);
        gauge("culvert_conntrack_entries", "Entries of the flow table at the last pass.", Reading::flowEntries);
        counter(
                "culvert_conntrack_removed_total",
                "Expired entries removed from the flow table.",
                Reading::flowsRemoved);
        counter(
                "culvert_conntrack_evicted_total",
                "Connections that were not established and made room for others.",
                Reading::flowsEvicted);
        counter(
                "culvert_write_failures_total",
                "Writes to the kernel that failed; each is retried.",
                now -> now.written().writesFailed());
        counter(
                "culvert_services_compiled_total",
                "Services whose wanted state was computed.",
                now -> now.written().servicesCompiled());
        policies();
        audits();
        writes("services", "put", WriteTotals::extentsPublished);
        writes("backends", "put", WriteTotals::backendsPublished);
        writes("backends", "remove", WriteTotals::backendsWithdrawn);
        writes("frontends", "put", WriteTotals::frontendsPut);
        writes("frontends", "remove", WriteTotals::frontendsRemoved);
    }

    private void policies() {
        gauge(
                "culvert_policies",
                "Policies of the cluster, of both kinds.",
                now -> now.policies().policies());
        gauge(
                "culvert_policy_sets",
                "Policy sets of pods of this node.",
                now -> now.policies().sets());
        gauge(
                "culvert_policy_pods",
                "Pods of this node that some policy selects.",
                now -> now.policies().pods());
        gauge(
                "culvert_policy_epoch",
                "What programs enforce; each change has a greater one.",
                now -> now.policies().epoch());
        gauge(
                "culvert_policy_refused",
                "1 if what the cluster says is not in force, or may not be read.",
                now -> now.policies().refused().isEmpty() ? 0 : 1);
        counter(
                "culvert_policy_failures_total",
                "Publications that failed.",
                now -> now.policies().failures());
    }

    private void audits() {
        counter("culvert_audit_runs_total", "Comparisons of the kernel with what was programmed.", Reading::auditRuns);
        for (String map : AUDITED) {
            counter(
                    "culvert_audit_differences_total",
                    "Differences that audits found.",
                    now -> now.auditDifferences().getOrDefault(map, 0L),
                    "map",
                    map);
        }
    }

    private void gauge(String name, String help, ToDoubleFunction<Reading> value) {
        Gauge.builder(name, () -> value.applyAsDouble(reading.get()))
                .description(help)
                .register(registry);
    }

    private void counter(String name, String help, ToDoubleFunction<Reading> value, String... tags) {
        FunctionCounter.builder(name, reading, source -> value.applyAsDouble(source.get()))
                .description(help)
                .tags(tags)
                .register(registry);
    }

    private void writes(String table, String operation, ToLongFunction<WriteTotals> count) {
        counter(
                "culvert_table_writes_total",
                "Entries written to the kernel's tables of Services.",
                now -> count.applyAsLong(now.written()),
                "table",
                table,
                "operation",
                operation);
    }
}
