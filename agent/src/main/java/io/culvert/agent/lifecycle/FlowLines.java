// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.ExportSettings;
import io.culvert.agent.config.OtlpSettings;
import io.culvert.agent.config.Setting;
import io.culvert.agent.control.FlowListener;
import io.culvert.agent.view.StatusView;
import io.culvert.observability.export.FlowExport;
import io.culvert.observability.otlp.OtlpExport;
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
                        "aggregation %s, %d kept of at most %d, %.1f/s, %d lost in the kernel, %d observers, which missed %d",
                        level,
                        Math.min(running.store().written(), running.store().capacity()),
                        running.store().capacity(),
                        running.hubble().rate(),
                        running.ingest().lost(),
                        running.hubble().observers(),
                        running.store().missed()))
                .orElse("aggregation " + level + ", none kept");
    }

    /// What goes to files; empty if the settings name none.
    static Optional<String> file(Plan plan, Optional<NodeFlows.Running> flows) {
        return plan.settings()
                .find(ExportSettings.PATH)
                .map(path -> flows.flatMap(running -> running.file().export())
                        .map(export ->
                                path + ", " + export.written() + " lines written, " + export.lost() + " flows lost")
                        .orElse(path + ", nothing is written"));
    }

    /// What goes to a collector of OpenTelemetry; empty if the settings name none.
    static Optional<String> otlp(Plan plan, Optional<NodeFlows.Running> flows) {
        return plan.settings()
                .find(OtlpSettings.ENDPOINT)
                .map(endpoint -> flows.flatMap(running -> running.otlp().export())
                        .map(export -> endpoint + ", " + export.sent() + " flows sent, " + export.lost() + " lost")
                        .orElse(endpoint + ", nothing is sent"));
    }

    static List<StatusView.Trouble> problems(NodeFlows.Running flows) {
        return Stream.of(
                        listener(flows),
                        refusal(ExportSettings.PATH.key(), flows.file()),
                        fullDisk(flows.file()),
                        refusal(OtlpSettings.ENDPOINT.key(), flows.otlp()),
                        awayCollector(flows.otlp()))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<StatusView.Trouble> listener(NodeFlows.Running flows) {
        return flows.listener()
                .map(FlowListener::problem)
                .filter(problem -> !problem.isEmpty())
                .map(problem -> new StatusView.Trouble(
                        "error", "hubble-listen-address", problem, "observers on this node use hubble.sock"));
    }

    private static Optional<StatusView.Trouble> refusal(String setting, ExportStart<?> start) {
        return start.refusal()
                .map(refused -> new StatusView.Trouble(
                        "error",
                        setting,
                        refused.operation() + ": " + refused.reason(),
                        "nothing is exported until the agent starts with another setting"));
    }

    private static Optional<StatusView.Trouble> fullDisk(ExportStart<FlowExport> file) {
        return file.export()
                .filter(export -> !export.failure().isEmpty())
                .map(export -> new StatusView.Trouble(
                        "warning",
                        ExportSettings.PATH.key(),
                        "export flows to " + export.path() + ": " + export.failure(),
                        "tried again each second; make room, or set a path that can be written"));
    }

    private static Optional<StatusView.Trouble> awayCollector(ExportStart<OtlpExport> otlp) {
        return otlp.export()
                .filter(export -> !export.failure().isEmpty())
                .map(export -> new StatusView.Trouble(
                        "warning",
                        OtlpSettings.ENDPOINT.key(),
                        "export flows to " + export.endpoint() + ": " + export.failure(),
                        "tried again each second; see whether the collector runs and is reached"));
    }
}
