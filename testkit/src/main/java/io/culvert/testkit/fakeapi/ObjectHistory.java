// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The objects of one resource and the history that watches replay. Guarded by the server's lock.
final class ObjectHistory {

    /// An object before and after a change; null for not there.
    record Entry(
            long version,
            @Nullable JsonNode before,
            @Nullable JsonNode after) {

        /// The event that a watcher with this selector sees, or null if it sees none.
        @Nullable
        String event(Predicate<JsonNode> selector) {
            boolean was = before != null && selector.test(before);
            if (after != null && selector.test(after)) {
                return event(was ? "MODIFIED" : "ADDED", after);
            }
            return was ? event("DELETED", last()) : null;
        }

        /// What a deletion tells: the last contents with the version of the deletion.
        private JsonNode last() {
            if (after != null) {
                return after;
            }
            ObjectNode last = ((ObjectNode) Objects.requireNonNull(before)).deepCopy();
            last.withObjectProperty("metadata").put("resourceVersion", Long.toString(version));
            return last;
        }

        private static String event(String type, JsonNode object) {
            return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
        }
    }

    private final SortedMap<String, JsonNode> objects = new TreeMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private long oldest;

    void put(String key, JsonNode object, long version) {
        entries.add(new Entry(version, objects.put(key, object), object));
    }

    boolean remove(String key, long version) {
        JsonNode before = objects.remove(key);
        if (before == null) {
            return false;
        }
        entries.add(new Entry(version, before, null));
        return true;
    }

    List<JsonNode> objects(Predicate<JsonNode> selector) {
        return objects.values().stream().filter(selector).toList();
    }

    @Nullable
    JsonNode find(String key) {
        return objects.get(key);
    }

    /// Entries newer than a version.
    List<Entry> since(long version) {
        int from = entries.size();
        while (from > 0 && entries.get(from - 1).version() > version) {
            from--;
        }
        return List.copyOf(entries.subList(from, entries.size()));
    }

    /// Whether a watch from this version would miss something.
    boolean expired(long version) {
        return version < oldest;
    }

    /// Forgets all history up to a version.
    void compact(long version) {
        entries.clear();
        oldest = version;
    }
}
