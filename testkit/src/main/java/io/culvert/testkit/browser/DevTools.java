// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Commands to one page, and what it tells by itself.
final class DevTools implements AutoCloseable, WebSocket.Listener {

    private static final long PATIENCE_SECONDS = 60;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();

    static DevTools connect(HttpClient client, URI page) {
        DevTools tools = new DevTools();
        tools.socket.complete(
                client.newWebSocketBuilder().buildAsync(page, tools).join());
        return tools;
    }

    /// Sends a command and waits for its result.
    ///
    /// @throws BrowserException if the page refuses it or says nothing
    JsonNode command(String method, Map<String, ?> parameters) {
        int number = numbers.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(number, answer);
        try {
            String message = MAPPER.writeValueAsString(Map.of("id", number, "method", method, "params", parameters));
            socket.join().sendText(message, true).join();
            JsonNode result = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (result.has("error")) {
                throw new BrowserException(
                        method + ": " + result.get("error").get("message").asText());
            }
            return result.get("result");
        } catch (JsonProcessingException | ExecutionException | TimeoutException e) {
            throw new BrowserException(method + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrowserException(method + ": interrupted", e);
        } finally {
            asked.remove(number);
        }
    }

    /// What the page told of this kind, such as `Runtime.exceptionThrown`.
    List<JsonNode> events(String method) {
        return events.stream()
                .filter(event -> event.get("method").asText().equals(method))
                .map(event -> event.get("params"))
                .toList();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            take(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    private void take(String message) {
        try {
            JsonNode node = MAPPER.readTree(message);
            if (node.has("id")) {
                CompletableFuture<JsonNode> answer = asked.get(node.get("id").asInt());
                if (answer != null) {
                    answer.complete(node);
                }
            } else {
                events.add(node);
            }
        } catch (JsonProcessingException e) {
            onError(socket.join(), e);
        }
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        asked.values().forEach(answer -> answer.completeExceptionally(error));
    }

    @Override
    public void close() {
        socket.join().abort();
    }
}
