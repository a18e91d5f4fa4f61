// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.health.Page;
import io.culvert.agent.metrics.AgentMetrics;
import java.util.Map;
import java.util.function.Supplier;

/// The pages of the metrics address.
final class Pages {

    private Pages() {}

    /// `/metrics` for Prometheus, and `/proxyMode` and `/healthz`, which tests and tools of kube-proxy ask for.
    static Map<String, Supplier<Page>> of(AgentMetrics metrics) {
        return Map.of(
                "/metrics", () -> Page.of(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()),
                "/proxyMode", () -> Page.text(200, "culvert"),
                "/healthz", () -> Page.text(200, "ok"));
    }
}
