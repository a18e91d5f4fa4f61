// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A request as the server got it.
///
/// @param query parameters by name, decoded
public record Request(String method, String path, Map<String, String> query) {

    static Request of(String method, URI uri) {
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
        return new Request(method, uri.getPath(), query);
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
