// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.agent.health.ProxyHealth.Report;
import io.culvert.net.IpFamily;
import io.culvert.servicelb.healthcheck.HealthCheckPort;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/// `/healthz` and `/livez`, and what health check node ports say, as kube-proxy has them.
public final class HealthPages {

    private final ProxyHealth health;
    private final NodeEligibility node;
    private final IntConsumer onHealthz;
    private final IntConsumer onLivez;

    /// @param onHealthz is told the status of each answer
    /// @param onLivez likewise
    public HealthPages(ProxyHealth health, NodeEligibility node, IntConsumer onHealthz, IntConsumer onLivez) {
        this.health = health;
        this.node = node;
        this.onHealthz = onHealthz;
        this.onLivez = onLivez;
    }

    /// The pages by path.
    public Page answer(ProbeRequest request) {
        return switch (request.path()) {
            case "/healthz" -> counted(healthz(), onHealthz);
            case "/livez" -> counted(livez(), onLivez);
            default -> Page.notFound();
        };
    }

    private static Page counted(Page page, IntConsumer counter) {
        counter.accept(page.status());
        return page;
    }

    /// For load balancers that send to any node: 503 as well while this node is about to go.
    private Page healthz() {
        Report report = health.report();
        boolean eligible = node.eligible();
        return page(report, report.healthy() && eligible, "\"nodeEligible\":" + eligible + ",");
    }

    /// For the kubelet: a restart would not help against the end of the node, nor against a cluster that is not there.
    private Page livez() {
        Report report = health.report();
        return page(report, report.alive(), "");
    }

    private static Page page(Report report, boolean healthy, String more) {
        Map<String, String> families = new TreeMap<>();
        report.families()
                .forEach((family, state) -> families.put(
                        family.apiName(),
                        "\"%s\":{\"lastUpdated\":\"%s\",\"healthy\":%s}"
                                .formatted(family.apiName(), text(state.updated()), state.healthy())));
        String body = "{\"lastUpdated\":\"%s\",\"currentTime\":\"%s\",%s\"healthy\":%s,\"status\":{%s}}\n"
                .formatted(
                        text(healthy ? report.now() : report.updated()),
                        text(report.now()),
                        more,
                        healthy,
                        families.values().stream().collect(Collectors.joining(",")));
        return Page.json(healthy ? 200 : 503, body);
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /// What a health check node port says to a client of this family.
    static Page service(HealthCheckPort port, IpFamily family, boolean proxyHealthy) {
        int endpoints = port.localEndpoints(family);
        String body =
                "{\"service\":{\"namespace\":\"%s\",\"name\":\"%s\"},\"localEndpoints\":%d,\"serviceProxyHealthy\":%s}\n"
                        .formatted(port.service().namespace(), port.service().name(), endpoints, proxyHealthy);
        return Page.json(endpoints > 0 && proxyHealthy ? 200 : 503, body)
                .with("X-Load-Balancing-Endpoint-Weight", Integer.toString(endpoints));
    }
}
