// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Serves a few pages over HTTP with the JDK's server: for people and Prometheus, where [ProbeListener] is for probes.
public final class PageServer implements HttpListener {

    private final HttpServer server;
    private final ExecutorService executor;

    private PageServer(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /// @param pages by path
    /// @throws IOException if the address cannot be had; its message says why
    public static PageServer open(InetSocketAddress address, Map<String, Supplier<Page>> pages) throws IOException {
        return open(address, pages, exchange -> answer(exchange, "", Page::notFound));
    }

    /// @param rest answers every other path
    /// @throws IOException likewise
    public static PageServer open(InetSocketAddress address, Map<String, Supplier<Page>> pages, HttpHandler rest)
            throws IOException {
        HttpServer server = HttpServer.create(address, 16);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(executor);
        pages.forEach((path, page) -> server.createContext(path, exchange -> answer(exchange, path, page)));
        server.createContext("/", rest);
        server.start();
        return new PageServer(server, executor);
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String path, Supplier<Page> page) throws IOException {
        try (exchange) {
            // A context also matches everything below its path.
            Page answer = exchange.getRequestURI().getPath().equals(path) ? page.get() : Page.notFound();
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            answer.headers().forEach(exchange.getResponseHeaders()::set);
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
