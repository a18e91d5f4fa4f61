// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/// A Kubernetes API server for tests, on a loopback port. It lists in pages with continue tokens, watches with history
/// and bookmarks over plain HTTP (also where a WebSocket was asked for), honours selectors, records Events, applies
/// conditions to the status of ClusterNetworkPolicies, and gives wrong answers on demand. Objects are put and deleted
/// by the test. May be used from any thread.
public final class FakeApiServer implements AutoCloseable {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    static {
        // Else an event waits up to 40 ms for the acknowledgement of the chunk before it. Read once, by the first
        // server.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ClusterHistory history = new ClusterHistory();
    private final Troubles troubles = new Troubles();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();

    private FakeApiServer(HttpServer server) {
        this.server = server;
    }

    /// Starts a server without objects.
    public static FakeApiServer start() {
        return start(0);
    }

    /// As [#start()], at a given port, to come back after [#close].
    public static FakeApiServer start(int port) {
        try {
            FakeApiServer fake = new FakeApiServer(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128));
            fake.server.createContext(
                    "/", new ApiHandler(fake.history, fake.troubles, fake.requests::add, fake.events::add));
            fake.server.setExecutor(fake.executor);
            fake.server.start();
            return fake;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// Puts the objects of a YAML or JSON text, each as a new version.
    public void put(String text) {
        try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(text)) {
            while (documents.hasNext()) {
                history.put(documents.next());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Puts an object; the server owns it from then on.
    public void put(ObjectNode object) {
        history.put(object);
    }

    /// An object as it is now.
    ///
    /// @param namespace empty for a kind without namespaces
    public Optional<JsonNode> find(Resource resource, String namespace, String name) {
        return history.find(resource, namespace, name);
    }

    /// @param namespace empty for a Node
    /// @throws IllegalArgumentException if there is no such object
    public void delete(Resource resource, String namespace, String name) {
        history.delete(resource, namespace, name);
    }

    /// The newest resourceVersion.
    public long version() {
        return history.version();
    }

    /// Sets the resourceVersion back, as a restored backup does, and forgets all history.
    public void setVersion(long version) {
        history.setVersion(version);
    }

    /// Sends a bookmark to every watch that asked for them.
    public void bookmark() {
        history.bookmark();
    }

    /// Sends a line to every watch of a resource, right or wrong.
    public void sendToWatches(Resource resource, String line) {
        history.interject(resource, line);
    }

    /// Closes the connection of every watch.
    public void disconnectWatches() {
        history.disconnect();
    }

    /// Forgets history: whoever watches from an older version gets 410 Gone. Watches that are open go on.
    public void compact() {
        history.compact();
    }

    /// Gives the next `times` requests that match a wrong answer. Later troubles come after earlier ones.
    public void answer(Predicate<Request> requests, Answer answer, int times) {
        troubles.add(requests, answer, times);
    }

    /// Ends all silences, and forgets troubles that did not happen yet.
    public void release() {
        troubles.release();
    }

    /// Every request so far.
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /// The Events that were posted, as JSON.
    public List<JsonNode> events() {
        return List.copyOf(events);
    }

    /// Number of watches that are open.
    public int watches() {
        return history.watches();
    }

    @Override
    public void close() {
        troubles.release();
        history.close();
        server.stop(0);
        executor.shutdownNow();
    }

    /// For [#answer]: lists of a resource, each page by itself.
    public static Predicate<Request> lists(Resource resource) {
        return request -> request.path().equals(resource.path()) && !request.watch();
    }

    /// For [#answer]: watches of a resource.
    public static Predicate<Request> watches(Resource resource) {
        return request -> request.path().equals(resource.path()) && request.watch();
    }
}
