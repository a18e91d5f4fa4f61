// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Answers requests.
final class ApiHandler implements HttpHandler {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClusterHistory history;
    private final Troubles troubles;
    private final Consumer<Request> requests;
    private final Consumer<JsonNode> events;

    /// What is left of lists that were begun, by continue token.
    private final Map<String, ClusterHistory.Snapshot> rests = new ConcurrentHashMap<>();

    private final AtomicInteger tokens = new AtomicInteger();

    ApiHandler(ClusterHistory history, Troubles troubles, Consumer<Request> requests, Consumer<JsonNode> events) {
        this.history = history;
        this.troubles = troubles;
        this.requests = requests;
        this.events = events;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = Request.of(exchange);
            byte[] body = exchange.getRequestBody().readAllBytes();
            requests.accept(request);
            Optional<Answer> trouble = troubles.take(request);
            if (trouble.isPresent()) {
                trouble(trouble.get(), exchange, request, body);
            } else {
                answer(exchange, request, body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void trouble(Answer answer, HttpExchange exchange, Request request, byte[] body)
            throws IOException, InterruptedException {
        switch (answer) {
            case Answer.Text(int status, String contentType, String text) -> send(exchange, status, contentType, text);
            case Answer.Silence() -> troubles.keepSilent();
            case Answer.Late(Duration delay) -> {
                troubles.keepSilent(delay);
                answer(exchange, request, body);
            }
            case Answer.SilentBody() -> {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                troubles.keepSilent();
            }
            case Answer.Truncated(int bytes) -> {
                ByteArrayOutputStream whole = new ByteArrayOutputStream();
                Resource resource = Resource.ofPath(request.path()).orElseThrow();
                list(resource, request, whole);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                // Promises more than it gives, so that the connection ends in the middle of the body.
                exchange.sendResponseHeaders(200, whole.size());
                exchange.getResponseBody().write(whole.toByteArray(), 0, Math.min(bytes, whole.size()));
                exchange.getResponseBody().flush();
            }
        }
    }

    private void answer(HttpExchange exchange, Request request, byte[] body) throws IOException, InterruptedException {
        Optional<Resource> resource = Resource.ofPath(request.path());
        if (request.method().equals("POST") && request.path().endsWith("/events")) {
            events.accept(JSON.readTree(body));
            send(exchange, 201, "application/json", new String(body, UTF_8));
        } else if (request.method().equals("PATCH")) {
            applyStatus(exchange, request, body);
        } else if (resource.isEmpty() || !request.method().equals("GET")) {
            sendStatus(exchange, 404, "NotFound", "the server could not find the requested resource");
        } else if (request.watch()) {
            watch(resource.get(), request, exchange);
        } else if (!request.parameter("continue").isEmpty() && !rests.containsKey(request.parameter("continue"))) {
            sendStatus(exchange, 410, "Expired", "the provided continue parameter is too old");
        } else {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                list(resource.get(), request, out);
            }
        }
    }

    /// Of ClusterNetworkPolicies, by server-side apply; nothing else is patched.
    private void applyStatus(HttpExchange exchange, Request request, byte[] body) throws IOException {
        Resource resource = Resource.CLUSTER_NETWORK_POLICIES;
        String[] rest = request.path().replace(resource.path() + "/", "").split("/");
        String manager = request.parameter("fieldManager");
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        int code = rest.length == 2
                        && rest[1].equals("status")
                        && !manager.isEmpty()
                        && "application/apply-patch+yaml".equals(type)
                ? history.applyStatus(resource, rest[0], manager, JSON.readTree(body))
                : 400;
        if (code == 200) {
            send(exchange, code, "application/json", "{}");
        } else {
            sendStatus(exchange, code, "Refused", "the patch cannot be applied");
        }
    }

    private void list(Resource resource, Request request, OutputStream out) throws IOException {
        ClusterHistory.Snapshot rest = rests.remove(request.parameter("continue"));
        ClusterHistory.Snapshot snapshot = rest != null ? rest : history.snapshot(resource, Selector.of(request));
        String limit = request.parameter("limit");
        int count = limit.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(limit);
        List<JsonNode> page =
                snapshot.objects().subList(0, Math.min(count, snapshot.objects().size()));
        String token = "";
        if (page.size() < snapshot.objects().size()) {
            token = "token-" + tokens.incrementAndGet();
            List<JsonNode> left =
                    snapshot.objects().subList(page.size(), snapshot.objects().size());
            rests.put(token, new ClusterHistory.Snapshot(snapshot.version(), left));
        }
        write(
                out,
                ("{\"kind\":\"%sList\",\"apiVersion\":\"%s\","
                                + "\"metadata\":{\"resourceVersion\":\"%d\",\"continue\":\"%s\"},\"items\":[")
                        .formatted(resource.kind(), resource.apiVersion(), snapshot.version(), token));
        for (int i = 0; i < page.size(); i++) {
            write(out, (i == 0 ? "" : ",") + page.get(i));
        }
        write(out, "]}");
    }

    private void watch(Resource resource, Request request, HttpExchange exchange)
            throws IOException, InterruptedException {
        String from = request.parameter("resourceVersion");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        if (!from.isEmpty() && history.expired(resource, Long.parseLong(from))) {
            write(
                    out,
                    "{\"type\":\"ERROR\",\"object\":" + StatusJson.of(410, "Expired", "too old resource version")
                            + "}\n");
            return;
        }
        try (ClusterHistory.Watch watch = history.watch(resource, request)) {
            out.flush();
            for (List<String> lines = watch.next(); lines != null; lines = watch.next()) {
                write(out, String.join("", lines));
                out.flush();
            }
        }
    }

    private static void sendStatus(HttpExchange exchange, int code, String reason, String message) throws IOException {
        send(exchange, code, "application/json", StatusJson.of(code, reason, message));
    }

    private static void send(HttpExchange exchange, int status, String contentType, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
    }
}
