// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.health.Page;
import io.culvert.maps.MapSummary;
import java.util.Map;
import java.util.function.Supplier;

/// The pages that the agent serves over HTTP.
final class Pages {

    private Pages() {}

    static Map<String, Supplier<Page>> metrics(NodeState state) {
        return Map.of(
                "/metrics", () -> Page.of(200, "text/plain; version=0.0.4; charset=utf-8", metricsText(state)),
                "/proxyMode", () -> Page.text(200, "culvert"),
                "/healthz", () -> Page.text(200, "ok"));
    }

    /// Prometheus's text format.
    private static String metricsText(NodeState state) {
        StringBuilder text = new StringBuilder(4096);
        Readiness ready = state.ready().getNow(new Readiness(0, 0, 0));
        gauge(
                text,
                "culvert_ready",
                "1 after the first full sync.",
                state.ready().isDone() ? 1 : 0);
        gauge(
                text,
                "culvert_start_milliseconds",
                "From the start of the process to the first full sync.",
                ready.millis());
        state.kernel().ifPresent(kernel -> {
            gauge(
                    text,
                    "culvert_services",
                    "Services in the kernel.",
                    kernel.loadBalancer().statuses().size());
            gauge(
                    text,
                    "culvert_backends",
                    "Backend ids in use.",
                    kernel.datapath().backendIds().used());
            gauge(
                    text,
                    "culvert_pod_interfaces",
                    "Interfaces with packet programs.",
                    kernel.network().pods().size());
            gauge(
                    text,
                    "culvert_node_devices",
                    "Devices of the node with packet programs.",
                    kernel.network().devices().size());
            gauge(
                    text,
                    "culvert_unsupported_interfaces",
                    "Interfaces and pods that programs cannot serve.",
                    kernel.network().current().unsupported().size());
            counter(
                    text,
                    "culvert_flows_expired_total",
                    "Expired flows removed.",
                    kernel.gc().removed());
            tables(text, kernel);
        });
        return text.toString();
    }

    private static void tables(StringBuilder text, NodeState.Kernel kernel) {
        text.append("# HELP culvert_map_entries Entries in use.\n# TYPE culvert_map_entries gauge\n");
        var maps = kernel.datapath().maps().list();
        for (MapSummary map : maps) {
            map.used()
                    .ifPresent(used -> text.append("culvert_map_entries{map=\"%s\"} %d\n".formatted(map.name(), used)));
        }
        text.append("# HELP culvert_map_capacity Room for entries.\n# TYPE culvert_map_capacity gauge\n");
        maps.forEach(
                map -> text.append("culvert_map_capacity{map=\"%s\"} %d\n".formatted(map.name(), map.maxEntries())));
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        metric(text, name, "gauge", help, value);
    }

    private static void counter(StringBuilder text, String name, String help, long value) {
        metric(text, name, "counter", help, value);
    }

    private static void metric(StringBuilder text, String name, String type, String help, long value) {
        text.append("# HELP %s %s\n# TYPE %s %s\n%s %d\n".formatted(name, help, name, type, name, value));
    }
}
