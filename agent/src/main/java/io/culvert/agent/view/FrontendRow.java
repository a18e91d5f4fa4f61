// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/// One element of `service list -o json`; the shape is promised to scripts.
///
/// @param namespace empty where nobody knows whose frontend it is
/// @param forwardingMode `dsr` where clients outside are answered by backends of other nodes themselves, else empty
/// @param sourceRanges the only clients that are let in; `none` where nobody is, and empty where everyone is
/// @param backends those that new connections can be given
public record FrontendRow(
        String namespace,
        String name,
        String portName,
        String type,
        AddressRow frontend,
        String algorithm,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String forwardingMode,
        String internalTrafficPolicy,
        String externalTrafficPolicy,
        String sessionAffinity,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sourceRanges,
        List<BackendRow> backends) {

    /// `namespace/name:port`, or `-` where the Service is not known.
    public String service() {
        if (name.isEmpty()) {
            return "-";
        }
        return namespace + "/" + name + (portName.isEmpty() ? "" : ":" + portName);
    }

    /// [#forwardingMode].
    public static String forwardingMode(boolean dsr) {
        return dsr ? "dsr" : "";
    }

    private List<String> perBackend(java.util.function.Function<BackendRow, String> text) {
        return backends.stream().map(text).toList();
    }

    /// The columns that users of `cilium-dbg service list` know, with the Service's name in place of an id.
    public static List<Column<FrontendRow>> columns() {
        return List.of(
                Column.of("Service", FrontendRow::service),
                Column.of("Frontend", row -> row.frontend().toString()),
                Column.of("Service Type", FrontendRow::type),
                Column.wide("Algorithm", FrontendRow::algorithm),
                Column.wide("Forwarding", row -> Text.orDash(row.forwardingMode())),
                Column.wide("Traffic Policy", row -> row.internalTrafficPolicy() + "/" + row.externalTrafficPolicy()),
                Column.wide("Affinity", FrontendRow::sessionAffinity),
                Column.wide("Source Ranges", row -> Text.orDash(String.join(",", row.sourceRanges()))),
                Column.lines(
                        "Backend",
                        row -> row.perBackend(
                                backend -> backend.text(row.frontend().protocol()))),
                Column.wideLines("Node", row -> row.perBackend(backend -> Text.orDash(backend.node()))),
                Column.wideLines("Zone", row -> row.perBackend(backend -> Text.orDash(backend.zone()))));
    }
}
