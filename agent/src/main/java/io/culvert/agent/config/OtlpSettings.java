// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.observability.otlp.OtlpProtocol;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/// Settings of the table [Setting] about flows for a collector of OpenTelemetry.
public final class OtlpSettings {

    public static final Setting<URI> ENDPOINT = Setting.used(
            "flow-otlp-endpoint",
            SettingTypes.URL,
            "",
            "flows are sent to this collector of OpenTelemetry, as http://collector:4317");
    public static final Setting<OtlpProtocol> PROTOCOL =
            Setting.used("flow-otlp-protocol", SettingTypes.choice(OtlpProtocol.class), "grpc", "how it is spoken to");
    public static final Setting<Map<String, String>> HEADERS = Setting.used(
            "flow-otlp-headers", SettingTypes.HEADERS, "", "sent with each request, as authorization=Bearer x");
    public static final Setting<Path> AUTHORITY = Setting.used(
            "flow-otlp-ca-file", SettingTypes.FILE, "", "authorities of its certificate, PEM; else the machine's");
    public static final Setting<Path> CERTIFICATE =
            Setting.used("flow-otlp-cert-file", SettingTypes.FILE, "", "certificate of this node for it, PEM");
    public static final Setting<Path> KEY =
            Setting.used("flow-otlp-key-file", SettingTypes.FILE, "", "its key, PKCS #8 in PEM");
    public static final Setting<String> ALLOW = Setting.used(
            "flow-otlp-allow",
            SettingTypes.FLOW_FILTERS,
            "",
            "which flows: a FlowFilter in JSON, or an array of them; else all");
    public static final Setting<String> DENY =
            Setting.used("flow-otlp-deny", SettingTypes.FLOW_FILTERS, "", "which flows are left out, in the same form");

    private OtlpSettings() {}

    /// Makes them part of the table.
    static void register() {
        // They are, once this class is initialized.
    }
}
