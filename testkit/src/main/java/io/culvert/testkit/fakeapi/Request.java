// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A request as the server got it.
///
/// @param query parameters by name, decoded
/// @param authorization the header, or the empty string
public record Request(String method, String path, Map<String, String> query, String authorization) {

    static Request of(HttpExchange exchange) {
        URI uri = exchange.getRequestURI();
        Map<String, String> query = new HashMap<>();
        String raw = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        for (String pair : raw.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        return new Request(
                exchange.getRequestMethod(), uri.getPath(), query, authorization == null ? "" : authorization);
    }

    public boolean watch() {
        String watch = parameter("watch");
        return watch.equals("true") || watch.equals("1");
    }

    /// The parameter's value, or the empty string.
    public String parameter(String name) {
        return query.getOrDefault(name, "");
    }
}
