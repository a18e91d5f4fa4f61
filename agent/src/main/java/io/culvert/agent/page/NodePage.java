// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Serves the page, and what it asks for: `/api/flows` (server-sent events), `/api/map` and `/api/services` (JSON). It
/// reads only, and answers clients of this node only.
public final class NodePage implements HttpHandler {

    /// Browsers that follow flows at a time.
    static final int STREAMS = 16;

    private static final String NO_FLOWS = "no flows: the agent is not ready yet, or flow-aggregation is off";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final Set<String> METHODS = Set.of("GET", "HEAD");

    private final PageSource source;
    private final MapScan map;
    private final StreamSlots slots;

    public NodePage(PageSource source) {
        this(source, new StreamSlots(STREAMS));
    }

    NodePage(PageSource source, StreamSlots slots) {
        this.source = source;
        this.map = new MapScan(source);
        this.slots = slots;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            headers(exchange.getResponseHeaders());
            guarded(exchange);
        }
    }

    private void guarded(HttpExchange exchange) throws IOException {
        try {
            Optional<String> refusal = LocalClients.refusal(exchange);
            if (refusal.isPresent()) {
                send(exchange, 403, TEXT, refusal.get() + "\n");
            } else if (!METHODS.contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, TEXT, "this page is read only\n");
            } else {
                answer(exchange);
            }
        } catch (BadQueryException e) {
            send(exchange, 400, TEXT, e.getMessage() + "\n");
        }
    }

    /// Nothing from elsewhere is loaded or run, and nobody else frames or embeds this.
    private static void headers(Headers headers) {
        headers.set(
                "Content-Security-Policy",
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        String path = exchange.getRequestURI().getPath();
        switch (path) {
            case "/api/services" -> send(exchange, 200, JSON, Json.of(ServicesView.of(source.services(), query)));
            case "/api/map" -> map(exchange, query);
            case "/api/flows" -> flows(exchange, FlowQuery.parse(query));
            default -> file(exchange, path);
        }
    }

    private static void file(HttpExchange exchange, String path) throws IOException {
        Optional<StaticFiles.Content> file = StaticFiles.at(path);
        if (file.isPresent()) {
            send(exchange, 200, file.get().type(), file.get().text());
        } else {
            send(exchange, 404, TEXT, "404 page not found\n");
        }
    }

    private void map(HttpExchange exchange, @Nullable String query) throws IOException {
        Query.parse(query, Set.of());
        Optional<PageSource.Live> live = source.live();
        if (live.isPresent()) {
            send(exchange, 200, JSON, Json.of(map.view(live.get())));
        } else {
            unavailable(exchange, NO_FLOWS);
        }
    }

    private void flows(HttpExchange exchange, FlowQuery query) throws IOException {
        Optional<PageSource.Live> live = source.live();
        if (live.isEmpty()) {
            unavailable(exchange, NO_FLOWS);
            return;
        }
        try {
            Optional<StreamSlots.Slot> slot = slots.enter();
            if (slot.isEmpty()) {
                unavailable(exchange, STREAMS + " browsers follow flows already; close one");
                return;
            }
            try (var place = slot.get()) {
                follow(exchange, new Following(live.get(), query, place));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Following(PageSource.Live live, FlowQuery query, StreamSlots.Slot slot) {}

    private static void follow(HttpExchange exchange, Following what) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : 0);
        if (!head) {
            List<String> last = exchange.getRequestHeaders().getOrDefault("Last-Event-ID", List.of());
            new FlowStream(what.live, what.query, what.slot, exchange.getResponseBody()).run(number(last));
        }
    }

    private static long number(List<String> last) {
        return last.size() == 1 && last.getFirst().matches("\\d{1,18}") ? Long.parseLong(last.getFirst()) : -1;
    }

    private static void unavailable(HttpExchange exchange, String why) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", "5");
        send(exchange, 503, TEXT, why + "\n");
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }
}
