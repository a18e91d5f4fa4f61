// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All objects under one count of versions, and the watches that wait for news of them.
final class ClusterHistory {

    /// The objects at one version, for the pages of one list.
    record Snapshot(long version, List<JsonNode> objects) {}

    private final Map<Resource, ObjectHistory> histories = new EnumMap<>(Resource.class);
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final AppliedConditions applied = new AppliedConditions();
    private long version = 1_000;
    private boolean closed;

    ClusterHistory() {
        for (Resource resource : Resource.values()) {
            histories.put(resource, new ObjectHistory());
        }
    }

    synchronized void put(ObjectNode object) {
        String kind = object.path("kind").asText();
        Resource resource = Resource.ofKind(kind)
                .orElseThrow(() -> new IllegalArgumentException("the fake API server has no kind " + kind));
        object.put("apiVersion", resource.apiVersion());
        ObjectNode metadata = object.withObjectProperty("metadata");
        if (resource.namespaced() && !metadata.has("namespace")) {
            metadata.put("namespace", "default");
        }
        String key =
                key(metadata.path("namespace").asText(), metadata.path("name").asText());
        if (resource == Resource.CLUSTER_NETWORK_POLICIES) {
            keepStatus(of(resource).find(key), object);
        }
        put(resource, key, object);
    }

    private void put(Resource resource, String key, ObjectNode object) {
        object.withObjectProperty("metadata").put("resourceVersion", Long.toString(++version));
        of(resource).put(key, object, version);
        notifyAll();
    }

    /// As of a kind with a status subresource: who writes the object does not write its status, and the generation
    /// counts versions of the spec. A test that gives a status has it.
    private static void keepStatus(@Nullable JsonNode before, ObjectNode object) {
        ObjectNode metadata = object.withObjectProperty("metadata");
        if (before == null) {
            metadata.put("generation", 1);
            metadata.put("uid", UUID.randomUUID().toString());
            return;
        }
        boolean same = before.path("spec").equals(object.path("spec"));
        metadata.put("generation", before.at("/metadata/generation").asInt() + (same ? 0 : 1));
        metadata.put("uid", before.at("/metadata/uid").asText());
        if (before.has("status") && !object.has("status")) {
            object.set("status", before.get("status"));
        }
    }

    synchronized Optional<JsonNode> find(Resource resource, String namespace, String name) {
        return Optional.ofNullable(of(resource).find(key(namespace, name)));
    }

    /// Applies conditions to a status, where that is another one then.
    ///
    /// @return the code of the answer
    synchronized int applyStatus(Resource resource, String name, String manager, JsonNode patch) {
        JsonNode before = of(resource).find(key("", name));
        if (before == null) {
            return 404;
        }
        String uid = patch.at("/metadata/uid").asText();
        if (!uid.isEmpty() && !uid.equals(before.at("/metadata/uid").asText())) {
            return 409;
        }
        ObjectNode after = applied.apply(resource + "/" + name, (ObjectNode) before, manager, patch);
        if (!after.equals(before)) {
            put(resource, key("", name), after);
        }
        return 200;
    }

    synchronized void delete(Resource resource, String namespace, String name) {
        if (!of(resource).remove(key(namespace, name), ++version)) {
            throw new IllegalArgumentException("there is no " + resource.kind() + " " + namespace + "/" + name);
        }
        notifyAll();
    }

    synchronized long version() {
        return version;
    }

    synchronized void setVersion(long value) {
        version = value;
        histories.values().forEach(history -> history.compact(0));
    }

    synchronized Snapshot snapshot(Resource resource, Predicate<JsonNode> selector) {
        return new Snapshot(version, of(resource).objects(selector));
    }

    synchronized boolean expired(Resource resource, long from) {
        return of(resource).expired(from);
    }

    synchronized void compact() {
        histories.values().forEach(history -> history.compact(version));
    }

    synchronized void bookmark() {
        for (Watch watch : watches) {
            // After all that it stands for.
            watch.collect();
            if (watch.bookmarks) {
                watch.lines.add(bookmark(watch.resource, version));
            }
        }
        notifyAll();
    }

    synchronized void interject(Resource resource, String line) {
        for (Watch watch : watches) {
            if (watch.resource == resource) {
                watch.collect();
                watch.lines.add(line + "\n");
            }
        }
        notifyAll();
    }

    synchronized void disconnect() {
        watches.forEach(Watch::end);
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    int watches() {
        return watches.size();
    }

    /// A watch from a version on; to be closed when its connection is.
    final class Watch implements AutoCloseable {
        private final Resource resource;
        private final Predicate<JsonNode> selector;
        private final boolean bookmarks;
        private final List<String> lines = new ArrayList<>();
        private long seen;
        private boolean ended;

        private Watch(Resource resource, Predicate<JsonNode> selector, boolean bookmarks, long from) {
            this.resource = resource;
            this.selector = selector;
            this.bookmarks = bookmarks;
            this.seen = from;
        }

        /// Waits for the next lines; null when the connection is to end. What happened before the end is still told.
        @Nullable
        List<String> next() throws InterruptedException {
            synchronized (ClusterHistory.this) {
                while (!closed) {
                    collect();
                    if (!lines.isEmpty()) {
                        List<String> taken = List.copyOf(lines);
                        lines.clear();
                        return taken;
                    }
                    if (ended) {
                        return null;
                    }
                    ClusterHistory.this.wait();
                }
                return null;
            }
        }

        private void end() {
            collect();
            ended = true;
        }

        private void collect() {
            if (ended) {
                return;
            }
            for (ObjectHistory.Entry entry : of(resource).since(seen)) {
                seen = entry.version();
                String event = entry.event(selector);
                if (event != null) {
                    lines.add(event);
                }
            }
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }

    synchronized Watch watch(Resource resource, Request request) {
        long from = request.parameter("resourceVersion").isEmpty()
                ? 0
                : Long.parseLong(request.parameter("resourceVersion"));
        boolean bookmarks = request.parameter("allowWatchBookmarks").equals("true");
        Watch watch = new Watch(resource, Selector.of(request), bookmarks, from);
        watches.add(watch);
        return watch;
    }

    private ObjectHistory of(Resource resource) {
        return Objects.requireNonNull(histories.get(resource));
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    private static String bookmark(Resource resource, long version) {
        return "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"" + resource.kind() + "\",\"apiVersion\":\""
                + resource.apiVersion() + "\",\"metadata\":{\"resourceVersion\":\"" + version + "\"}}}\n";
    }
}
