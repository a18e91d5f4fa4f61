// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.Setting;
import io.culvert.agent.control.FlowListener;
import io.culvert.agent.view.StatusView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

    static List<StatusView.Trouble> problems(NodeFlows.Running flows) {
        return flows.listener().map(FlowListener::problem).stream()
                .filter(problem -> !problem.isEmpty())
                .map(problem -> new StatusView.Trouble(
                        "error", "hubble-listen-address", problem, "observers on this node use hubble.sock"))
                .toList();
    }
}
