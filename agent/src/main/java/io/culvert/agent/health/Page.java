// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a server answers.
///
/// @param status HTTP status: 200, 404 or 503
/// @param headers `Content-Type` and those that the page needs beside it
public record Page(int status, Map<String, String> headers, String body) {

    public Page {
        headers = Map.copyOf(headers);
    }

    public static Page text(int status, String body) {
        return of(status, "text/plain; charset=utf-8", body);
    }

    public static Page json(int status, String body) {
        return of(status, "application/json", body);
    }

    public static Page of(int status, String contentType, String body) {
        return new Page(status, Map.of("Content-Type", contentType, "X-Content-Type-Options", "nosniff"), body);
    }

    /// What a path without a page gets.
    public static Page notFound() {
        return text(404, "404 page not found\n");
    }

    public Page with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Page(status, more, body);
    }

    /// As kube-proxy and its end-to-end tests have them: `HTTP/1.1 200 OK`.
    String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 503 -> "Service Unavailable";
            default -> "Unknown";
        };
    }
}
