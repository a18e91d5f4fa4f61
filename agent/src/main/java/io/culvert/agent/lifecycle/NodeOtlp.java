// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.OtlpSettings;
import io.culvert.agent.config.Settings;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.otlp.OtlpExport;
import io.culvert.observability.otlp.OtlpPlan;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Flows for a collector of OpenTelemetry, if the settings name one. Without, no class of its libraries is loaded.
final class NodeOtlp {

    private static final Logger LOG = LoggerFactory.getLogger(NodeOtlp.class);

    private NodeOtlp() {}

    /// A mistake in a filter or a file of TLS is told, and nothing is sent.
    static ExportStart<OtlpExport> start(Settings settings, FlowStore store, FlowMessages messages, FlowNames names) {
        Optional<URI> endpoint = settings.find(OtlpSettings.ENDPOINT);
        if (endpoint.isEmpty()) {
            return new ExportStart.Off<>();
        }
        try {
            return new ExportStart.Running<>(OtlpExport.start(plan(endpoint.get(), settings), store, messages, names));
        } catch (RuntimeException e) {
            LOG.error(
                    "export flows to {}: {}; nothing is sent until the agent starts with another setting",
                    endpoint.get(),
                    e.getMessage());
            LOG.debug("export flows", e);
            return new ExportStart.Refused<>("export flows to " + endpoint.get(), String.valueOf(e.getMessage()));
        }
    }

    private static OtlpPlan plan(URI endpoint, Settings settings) {
        return OtlpPlan.of(
                        endpoint,
                        settings.get(OtlpSettings.PROTOCOL),
                        settings.find(OtlpSettings.ALLOW).orElse(""),
                        settings.find(OtlpSettings.DENY).orElse(""))
                .withHeaders(settings.find(OtlpSettings.HEADERS).orElse(Map.of()))
                .withTls(
                        settings.find(OtlpSettings.AUTHORITY),
                        settings.find(OtlpSettings.CERTIFICATE),
                        settings.find(OtlpSettings.KEY));
    }
}
