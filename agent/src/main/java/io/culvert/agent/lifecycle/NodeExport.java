// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.ExportSettings;
import io.culvert.agent.config.Settings;
import io.culvert.observability.export.ExportPlan;
import io.culvert.observability.export.FlowExport;
import io.culvert.observability.filter.MalformedFilterException;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.names.FlowNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Flows in files, if the settings name one.
final class NodeExport {

    private static final Logger LOG = LoggerFactory.getLogger(NodeExport.class);
    private static final int MIB_BITS = 20;

    private NodeExport() {}

    /// A mistake in a filter is told, and nothing is written: who asked for some flows does not want all.
    static ExportStart<FlowExport> start(Settings settings, FlowStore store, FlowMessages messages, FlowNames names) {
        Optional<Path> path = settings.find(ExportSettings.PATH);
        if (path.isEmpty()) {
            return new ExportStart.Off<>();
        }
        try {
            return new ExportStart.Running<>(FlowExport.start(plan(path.get(), settings), store, messages, names));
        } catch (MalformedFilterException e) {
            LOG.error(
                    "export flows to {}: {}; nothing is exported until the agent starts with another",
                    path.get(),
                    e.getMessage());
            return new ExportStart.Refused<>("export flows to " + path.get(), String.valueOf(e.getMessage()));
        }
    }

    private static ExportPlan plan(Path path, Settings settings) {
        return ExportPlan.of(
                path,
                (long) settings.get(ExportSettings.MAX_SIZE) << MIB_BITS,
                settings.get(ExportSettings.BACKUPS),
                settings.get(ExportSettings.COMPRESS),
                settings.find(ExportSettings.ALLOW).orElse(""),
                settings.find(ExportSettings.DENY).orElse(""),
                settings.find(ExportSettings.FIELD_MASK).orElse(List.of()));
    }
}
