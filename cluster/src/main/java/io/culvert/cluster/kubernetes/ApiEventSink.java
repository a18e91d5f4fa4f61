// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Posts Events to the API server, from a thread of its own. The same Event is posted once an hour at most, and no more
/// than a handful quickly: a user has to see the trouble, not its every repetition.
final class ApiEventSink implements EventSink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ApiEventSink.class);

    private static final int WAITING = 64;
    private static final int AN_HOUR = 120;
    private static final Duration FORGET = Duration.ofHours(1);

    private record Event(String type, ObjectKind kind, ObjectName object, String reason, String message) {}

    private final ApiConnection connection;
    private final String nodeName;
    private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Set<Event> posted = new HashSet<>();
    private final Thread thread;
    private Instant hour = Instant.now();

    ApiEventSink(ApiConnection connection, String nodeName) {
        this.connection = connection;
        this.nodeName = nodeName;
        this.thread = Thread.ofVirtual().name("events").start(this::post);
    }

    @Override
    public void post(ObjectKind kind, ObjectName object, String reason, String message) {
        offer(new Event("Warning", kind, object, reason, message));
    }

    @Override
    public void note(ObjectKind kind, ObjectName object, String reason, String message) {
        offer(new Event("Normal", kind, object, reason, message));
    }

    private void offer(Event event) {
        if (fresh(event) && !waiting.offer(event)) {
            LOG.info(
                    "post Event {} of {} {}: too many are waiting; it is dropped",
                    event.reason(),
                    event.kind().apiName(),
                    event.object());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private synchronized boolean fresh(Event event) {
        Instant now = Instant.now();
        if (Duration.between(hour, now).compareTo(FORGET) > 0) {
            posted.clear();
            hour = now;
        }
        return posted.size() < AN_HOUR && posted.add(event);
    }

    private void post() {
        try {
            while (true) {
                Event event = waiting.take();
                try {
                    connection.post(path(event), json(event));
                } catch (ApiException e) {
                    LOG.info(
                            "post Event {} of {} {}: {}; it is dropped",
                            event.reason(),
                            event.kind().apiName(),
                            event.object(),
                            e.getMessage());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static String path(Event event) {
        return "/api/v1/namespaces/" + namespace(event) + "/events";
    }

    /// Events of objects without a namespace are kept in `default`.
    private static String namespace(Event event) {
        String namespace = event.object().namespace();
        return namespace.isEmpty() ? "default" : namespace;
    }

    private byte[] json(Event event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("apiVersion", "v1");
            json.writeStringField("kind", "Event");
            json.writeObjectFieldStart("metadata");
            json.writeStringField("generateName", event.object().name() + ".");
            json.writeStringField("namespace", namespace(event));
            json.writeEndObject();
            json.writeStringField("type", event.type());
            json.writeStringField("reason", event.reason());
            json.writeStringField("message", event.message());
            involved(json, event);
            json.writeObjectFieldStart("source");
            json.writeStringField("component", "culvert");
            json.writeStringField("host", nodeName);
            json.writeEndObject();
            json.writeStringField("firstTimestamp", now);
            json.writeStringField("lastTimestamp", now);
            json.writeNumberField("count", 1);
            json.writeStringField("reportingComponent", "culvert");
            json.writeStringField("reportingInstance", nodeName);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("write to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void involved(JsonGenerator json, Event event) throws IOException {
        json.writeObjectFieldStart("involvedObject");
        json.writeStringField("apiVersion", apiVersion(event.kind()));
        json.writeStringField("kind", event.kind().apiName());
        json.writeStringField("namespace", event.object().namespace());
        json.writeStringField("name", event.object().name());
        json.writeEndObject();
    }

    private static String apiVersion(ObjectKind kind) {
        return switch (kind) {
            case SERVICE, NODE, POD, NAMESPACE -> "v1";
            case ENDPOINT_SLICE -> "discovery.k8s.io/v1";
            case SERVICE_CIDR, NETWORK_POLICY -> "networking.k8s.io/v1";
            case CLUSTER_NETWORK_POLICY -> "policy.networking.k8s.io/v1alpha2";
        };
    }
}
