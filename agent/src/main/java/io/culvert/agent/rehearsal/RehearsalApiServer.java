// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rehearsal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// As much of an API server as the first lists and a watch need.
final class RehearsalApiServer implements AutoCloseable {

    /// Kinds by the last part of their path.
    private static final Map<String, List<String>> KINDS = Map.of(
            "services", List.of("v1", "Service", RehearsalManifests.service(1), RehearsalManifests.service(2)),
            "endpointslices",
                    List.of(
                            "discovery.k8s.io/v1",
                            "EndpointSlice",
                            RehearsalManifests.slice(1),
                            RehearsalManifests.slice(2)),
            "nodes", List.of("v1", "Node", "", ""),
            "pods", List.of("v1", "Pod", "", ""),
            "namespaces", List.of("v1", "Namespace", "", ""),
            "networkpolicies", List.of("networking.k8s.io/v1", "NetworkPolicy", "", ""));

    private final HttpServer server;
    private final ObjectMapper json = new ObjectMapper();

    RehearsalApiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            List<String> kind = KINDS.get(path.substring(path.lastIndexOf('/') + 1));
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (kind == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] body = (query.contains("watch=") ? addition(kind) + bookmark(kind) : list(kind))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String list(List<String> kind) throws IOException {
        ObjectNode list = json.createObjectNode().put("apiVersion", kind.get(0)).put("kind", kind.get(1) + "List");
        list.putObject("metadata").put("resourceVersion", "1");
        var items = list.putArray("items");
        if (!kind.get(2).isEmpty()) {
            items.add(new ObjectMapper(new YAMLFactory()).readTree(kind.get(2)));
        }
        return list.toString();
    }

    private String addition(List<String> kind) throws IOException {
        if (kind.get(3).isEmpty()) {
            return "";
        }
        ObjectNode event = json.createObjectNode().put("type", "ADDED");
        event.set("object", new ObjectMapper(new YAMLFactory()).readTree(kind.get(3)));
        event.withObject("/object/metadata").put("resourceVersion", "2");
        return event + "\n";
    }

    private String bookmark(List<String> kind) {
        ObjectNode event = json.createObjectNode().put("type", "BOOKMARK");
        event.putObject("object")
                .put("apiVersion", kind.get(0))
                .put("kind", kind.get(1))
                .putObject("metadata")
                .put("resourceVersion", "3");
        return event + "\n";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
