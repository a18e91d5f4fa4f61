// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.OtlpSettings;
import io.culvert.agent.config.Setting;
import io.culvert.agent.control.FlowListener;
import io.culvert.agent.view.StatusView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What `culvert status` says of flows.
final class FlowLines {

    private FlowLines() {}

    /// @param flows empty if none are kept
    static String summary(Plan plan, Optional<NodeFlows.Running> flows) {
        String level = plan.settings().get(Setting.FLOW_AGGREGATION).name().toLowerCase(Locale.ROOT);
        return flows.map(running -> String.format(
                        Locale.ROOT,
                        "aggregation %s, %d kept of at most %d, %.1f/s, %d lost in the kernel, %d observers",
                        level,
                        Math.min(running.store().written(), running.store().capacity()),
                        running.store().capacity(),
                        running.hubble().rate(),
                        running.ingest().lost(),
                        running.hubble().observers()))
                .orElse("aggregation " + level + ", none kept");
    }

    /// What goes to a collector of OpenTelemetry; empty if the settings name none.
    static Optional<String> otlp(Plan plan, Optional<NodeFlows.Running> flows) {
        return plan.settings()
                .find(OtlpSettings.ENDPOINT)
                .map(endpoint -> flows.flatMap(NodeFlows.Running::otlp)
                        .map(export -> endpoint + ", " + export.sent() + " flows sent, " + export.lost() + " lost")
                        .orElse(endpoint + ", nothing is sent"));
    }

    static List<StatusView.Trouble> problems(NodeFlows.Running flows) {
        Stream<StatusView.Trouble> listener = flows.listener().map(FlowListener::problem).stream()
                .filter(problem -> !problem.isEmpty())
                .map(problem -> new StatusView.Trouble(
                        "error", "hubble-listen-address", problem, "observers on this node use hubble.sock"));
        Stream<StatusView.Trouble> otlp = flows.otlp().stream()
                .filter(export -> !export.failure().isEmpty())
                .map(export -> new StatusView.Trouble(
                        "warning",
                        OtlpSettings.ENDPOINT.key(),
                        "export flows to " + export.endpoint() + ": " + export.failure(),
                        "tried again each second; see whether the collector runs and is reached"));
        return Stream.concat(listener, otlp).toList();
    }
}
