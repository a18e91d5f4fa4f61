// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import com.google.protobuf.FieldMask;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.filter.FilterJson;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.names.FlowNames;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which flows go to which collector.
///
/// @param endpoint `http://` or `https://` with host and port; of [OtlpProtocol#HTTP] without a path, `/v1/logs` is
/// meant
/// @param headers of each request, such as a token
/// @param authority certificates (PEM) of who may have signed the collector's; empty: those of this machine
/// @param certificate of this node for the collector, PEM, with its key in PKCS#8; both or none
/// @param allowed flows fit one of these, if there is one
/// @param denied flows fit none of these
public record OtlpPlan(
        URI endpoint,
        OtlpProtocol protocol,
        Map<String, String> headers,
        Optional<Path> authority,
        Optional<Path> certificate,
        Optional<Path> key,
        List<FlowFilter> allowed,
        List<FlowFilter> denied) {

    private static final String LOGS = "/v1/logs";

    /// Without headers and TLS files.
    ///
    /// @param allowed filters as JSON: one, or an array
    /// @throws IllegalArgumentException if one is none
    public static OtlpPlan of(URI endpoint, OtlpProtocol protocol, String allowed, String denied) {
        return new OtlpPlan(
                endpoint,
                protocol,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                FilterJson.parseAll(allowed),
                FilterJson.parseAll(denied));
    }

    public OtlpPlan {
        headers = Map.copyOf(headers);
        allowed = List.copyOf(allowed);
        denied = List.copyOf(denied);
    }

    /// The same with headers.
    public OtlpPlan withHeaders(Map<String, String> others) {
        return new OtlpPlan(endpoint, protocol, others, authority, certificate, key, allowed, denied);
    }

    /// The same with files of TLS.
    public OtlpPlan withTls(Optional<Path> trusted, Optional<Path> own, Optional<Path> ownKey) {
        return new OtlpPlan(endpoint, protocol, headers, trusted, own, ownKey, allowed, denied);
    }

    String url() {
        boolean whole = endpoint.getPath() != null && endpoint.getPath().length() > 1;
        String text = endpoint.toString();
        return whole ? text : text.replaceAll("/$", "") + LOGS;
    }

    boolean isEncrypted() {
        return "https".equals(endpoint.getScheme());
    }

    /// @throws io.culvert.observability.filter.MalformedFilterException if a value of a filter means nothing
    FlowSelection selection(FlowNames names) {
        return FlowSelection.of(allowed, denied, FieldMask.getDefaultInstance(), names);
    }
}
