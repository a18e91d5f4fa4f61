// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.culvert.agent.config.BindAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Serves a few pages over HTTP with the JDK's server.
final class HealthServer implements AutoCloseable {

    /// @param status HTTP status, 200 or 503
    record Page(int status, String contentType, String body) {

        static Page text(String body) {
            return new Page(200, "text/plain; charset=utf-8", body);
        }
    }

    private final HttpServer server;
    private final ExecutorService executor;

    private HealthServer(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /// @param setting the option that says where, for messages
    /// @throws StartException if the address cannot be had
    static HealthServer start(String setting, BindAddress.Endpoint address, Map<String, Supplier<Page>> pages) {
        try {
            HttpServer server = HttpServer.create(address.toSocketAddress(), 16);
            ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(executor);
            pages.forEach((path, page) -> server.createContext(path, exchange -> answer(exchange, path, page)));
            server.start();
            return new HealthServer(server, executor);
        } catch (IOException e) {
            throw new StartException("listen on " + address + ": " + e.getMessage()
                    + "; stop what listens there (kube-proxy does), or choose another " + setting);
        }
    }

    /// Where it listens, for a port that the kernel chose.
    int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String path, Supplier<Page> page) throws IOException {
        try (exchange) {
            // A context also matches everything below its path.
            Page answer = exchange.getRequestURI().getPath().equals(path)
                    ? page.get()
                    : new Page(404, "text/plain; charset=utf-8", "404 page not found\n");
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
