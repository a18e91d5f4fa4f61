// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.net.IpFamily;
import io.culvert.servicelb.ProgrammingLatency.Observation;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The registry and the histograms. `docs/metrics.md` lists every metric; a test compares it with what is printed.
///
/// Both families are programmed together, so a sync is one of each.
final class Meters {

    /// kube-proxy's for its syncs: 1 ms, doubled fourteen times.
    private static final Duration[] SYNC = seconds(IntStream.range(0, 15).mapToDouble(i -> 0.001 * (1 << i)));

    /// kube-proxy's for network programming latency.
    private static final Duration[] PROGRAMMING = seconds(DoubleStream.concat(
            DoubleStream.concat(DoubleStream.of(0.25, 0.5), linear(1, 1, 59)),
            DoubleStream.concat(linear(60, 5, 12), linear(120, 30, 7))));

    /// 100 us, tripled.
    private static final Duration[] COLLECTION =
            seconds(DoubleStream.iterate(0.0001, bound -> bound * 3).limit(10));

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Supplier<Reading> source;
    private final Map<IpFamily, Timer> syncs;
    private final Map<IpFamily, Timer> fullSyncs;
    private final Map<IpFamily, Timer> partialSyncs;
    private final Map<IpFamily, Timer> programming;
    private final Timer collection;
    private final Timer policies;
    private final Timer exposure;
    // Meters hold what they read by weak references.
    private final KubeProxyMeters kubeProxy;
    private final AgentMeters agent;
    private final KernelMeters kernel;
    private final FlowMeters flows;
    private final HubbleMeters hubble;
    private @Nullable JvmMeters jvm;
    private volatile Reading reading;

    Meters(Supplier<Reading> source) {
        this.source = source;
        this.reading = source.get();
        syncs = byFamily("kubeproxy_sync_proxy_rules_duration_seconds", "How long syncs took.", SYNC);
        fullSyncs = byFamily("kubeproxy_sync_full_proxy_rules_duration_seconds", "How long full syncs took.", SYNC);
        partialSyncs =
                byFamily("kubeproxy_sync_partial_proxy_rules_duration_seconds", "How long partial syncs took.", SYNC);
        programming = byFamily(
                "kubeproxy_network_programming_duration_seconds",
                "From a change of endpoints to the kernel of this node.",
                PROGRAMMING);
        collection = timer(
                        "culvert_conntrack_gc_duration_seconds",
                        "How long passes over the flow table took.",
                        COLLECTION)
                .register(registry);
        policies = timer(
                        "culvert_policy_programming_duration_seconds",
                        "From a change that policies depend on to its enforcement.",
                        SYNC)
                .register(registry);
        exposure = timer(
                        "culvert_pod_exposure_seconds",
                        "How long pods could talk without the policies that select them.",
                        SYNC)
                .register(registry);
        kubeProxy = new KubeProxyMeters(registry, () -> reading);
        kubeProxy.register();
        agent = new AgentMeters(registry, () -> reading);
        agent.register();
        kernel = new KernelMeters(registry);
        flows = new FlowMeters(registry, () -> reading.flows());
        hubble = new HubbleMeters(registry, () -> reading);
    }

    private static DoubleStream linear(double first, double width, int count) {
        return IntStream.range(0, count).mapToDouble(i -> first + i * width);
    }

    private static Duration[] seconds(DoubleStream bounds) {
        return bounds.mapToObj(bound -> Duration.ofNanos(Math.round(bound * 1e9)))
                .toArray(Duration[]::new);
    }

    private static Timer.Builder timer(String name, String help, Duration[] bounds) {
        return Timer.builder(name).description(help).serviceLevelObjectives(bounds);
    }

    private Map<IpFamily, Timer> byFamily(String name, String help, Duration[] bounds) {
        Map<IpFamily, Timer> timers = new EnumMap<>(IpFamily.class);
        for (IpFamily family : IpFamily.values()) {
            timers.put(
                    family,
                    timer(name, help, bounds).tag("ip_family", family.apiName()).register(registry));
        }
        return timers;
    }

    void synced(Duration took, boolean full) {
        syncs.values().forEach(timer -> timer.record(took));
        (full ? fullSyncs : partialSyncs).values().forEach(timer -> timer.record(took));
    }

    void programmed(Observation observation) {
        Objects.requireNonNull(programming.get(observation.family())).record(observation.took());
    }

    void collected(Duration took) {
        collection.record(took);
    }

    void policiesProgrammed(Duration took) {
        policies.record(took);
    }

    void podExposed(Duration time) {
        exposure.record(time);
    }

    /// One scrape at a time: all metrics of one are of one moment.
    synchronized String scrape() {
        reading = source.get();
        kernel.update(reading);
        flows.update(reading.flows());
        hubble.update(reading);
        if (jvm == null) {
            // What nobody asks for takes no memory.
            jvm = new JvmMeters(registry);
        }
        return registry.scrape();
    }
}
