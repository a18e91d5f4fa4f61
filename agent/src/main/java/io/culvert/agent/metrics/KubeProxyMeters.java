// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.net.IpFamily;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// The metrics of kube-proxy that mean the same here, under its names, so that dashboards and the tests of Kubernetes
/// find them.
final class KubeProxyMeters {

    private final MeterRegistry registry;
    private final Supplier<Reading> reading;

    KubeProxyMeters(MeterRegistry registry, Supplier<Reading> reading) {
        this.registry = registry;
        this.reading = reading;
    }

    void register() {
        for (IpFamily family : IpFamily.values()) {
            timestamp(
                    "kubeproxy_sync_proxy_rules_last_timestamp_seconds",
                    "When the kernel was last brought up to date.",
                    family,
                    Reading::lastSync);
            timestamp(
                    "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds",
                    "When the latest change came.",
                    family,
                    now -> now.backlog().lastQueued());
            gaps(family, "internal", true);
            gaps(family, "external", false);
        }
        changes(
                "endpoint",
                now -> now.backlog().slicesPending(),
                now -> now.backlog().sliceChanges());
        changes(
                "service",
                now -> now.backlog().servicesPending(),
                now -> now.backlog().serviceChanges());
        probes(
                "kubeproxy_proxy_healthz_total",
                "Answers of /healthz.",
                now -> now.probes().healthz());
        probes(
                "kubeproxy_proxy_livez_total",
                "Answers of /livez.",
                now -> now.probes().livez());
    }

    private interface TimeOf {
        Instant in(Reading reading);
    }

    private interface CountsOf {
        ProbeCounts.ByStatus in(Reading reading);
    }

    private void timestamp(String name, String help, IpFamily family, TimeOf time) {
        Gauge.builder(name, () -> time.in(reading.get()).toEpochMilli() / 1e3)
                .description(help)
                .tag("ip_family", family.apiName())
                .register(registry);
    }

    /// A gauge in truth. Prometheus's client keeps the ending `_total` for counters, and kube-proxy's name has it.
    private void gaps(IpFamily family, String policy, boolean internal) {
        counter(
                "kubeproxy_sync_proxy_rules_no_local_endpoints_total",
                "Service ports whose Local policy finds no endpoint on this node although other nodes have some.",
                now -> now.localGaps().stream()
                        .filter(gap -> gap.internal() == internal && gap.port().family() == family)
                        .count(),
                "ip_family",
                family.apiName(),
                "traffic_policy",
                policy);
    }

    private void changes(String kind, ToDoubleFunction<Reading> pending, ToDoubleFunction<Reading> total) {
        String name = "kubeproxy_sync_proxy_rules_" + kind + "_changes_";
        Gauge.builder(name + "pending", () -> pending.applyAsDouble(reading.get()))
                .description("Changes that are not programmed yet.")
                .register(registry);
        counter(name + "total", "Changes seen.", total);
    }

    private void probes(String name, String help, CountsOf counts) {
        counter(name, help, now -> sum(counts.in(now).ok()), "code", "200");
        counter(name, help, now -> sum(counts.in(now).unavailable()), "code", "503");
    }

    private static double sum(LongAdder count) {
        return count.sum();
    }

    private void counter(String name, String help, ToDoubleFunction<Reading> value, String... tags) {
        FunctionCounter.builder(name, reading, source -> value.applyAsDouble(source.get()))
                .description(help)
                .tags(tags)
                .register(registry);
    }
}
