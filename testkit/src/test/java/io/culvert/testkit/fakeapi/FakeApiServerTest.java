// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The fake behaves as the API documents it, so that what agrees with it agrees with a real server.
class FakeApiServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FakeApiServer server = FakeApiServer.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        server.close();
        client.shutdownNow();
    }

    @Test
    void pagesShowTheListAsItWasAtItsBeginning() throws IOException, InterruptedException {
        server.put(service("a") + "---\n" + service("b") + "---\n" + service("c"));

        JsonNode first = get("/api/v1/services?limit=2");
        server.delete(Resource.SERVICES, "default", "c");
        JsonNode second = get("/api/v1/services?limit=2&continue="
                + first.at("/metadata/continue").asText());

        assertThat(names(first)).containsExactly("a", "b");
        assertThat(names(second)).containsExactly("c");
        assertThat(second.at("/metadata/continue").asText()).isEmpty();
        assertThat(second.at("/metadata/resourceVersion")).isEqualTo(first.at("/metadata/resourceVersion"));
    }

    @Test
    void aContinueTokenIsGoodForOnePage() throws IOException, InterruptedException {
        assertThat(get("/api/v1/services?limit=2&continue=old").at("/code").asInt())
                .isEqualTo(410);
    }

    @Test
    void selectorsAreHonoured() throws IOException, InterruptedException {
        server.put(service("a") + "---\n" + service("b").replace("{name: b}", "{name: b, labels: {x/y: z}}"));
        server.put("kind: Pod\nmetadata: {name: p}\nspec: {nodeName: n1}\n");

        assertThat(names(get("/api/v1/services?labelSelector=%21x/y"))).containsExactly("a");
        assertThat(names(get("/api/v1/services?labelSelector=x/y"))).containsExactly("b");
        assertThat(names(get("/api/v1/services?labelSelector=x/y%3Dz"))).containsExactly("b");
        assertThat(names(get("/api/v1/services?labelSelector=x/y%21%3Dz"))).containsExactly("a");
        assertThat(names(get("/api/v1/pods?fieldSelector=spec.nodeName%3Dn1"))).containsExactly("p");
        assertThat(names(get("/api/v1/pods?fieldSelector=spec.nodeName%3Dn2"))).isEmpty();
    }

    @Test
    void aWatchTellsHistoryAndNewsInItsSelectorsTerms() throws IOException, InterruptedException {
        long begin = server.version();
        server.put(service("a"));
        try (BufferedReader watch =
                watch("?watch=true&allowWatchBookmarks=true&labelSelector=%21x&resourceVersion=" + begin)) {
            server.put(service("a").replace("{name: a}", "{name: a, labels: {x: ''}}"));
            server.put(service("a"));
            server.delete(Resource.SERVICES, "default", "a");
            server.bookmark();

            List<JsonNode> events = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                events.add(JSON.readTree(watch.readLine()));
            }
            assertThat(events)
                    .extracting(event -> event.at("/type").asText())
                    .containsExactly("ADDED", "DELETED", "ADDED", "DELETED", "BOOKMARK");
            assertThat(events)
                    .extracting(event ->
                            event.at("/object/metadata/resourceVersion").asLong() - begin)
                    .containsExactly(1L, 2L, 3L, 4L, 4L);
        }
    }

    @Test
    void aWatchFromBeforeTheHistoryIsGone() throws IOException, InterruptedException {
        long begin = server.version();
        server.put(service("a"));
        server.compact();

        try (BufferedReader watch = watch("?watch=true&resourceVersion=" + begin)) {
            JsonNode event = JSON.readTree(watch.readLine());
            assertThat(event.at("/type").asText()).isEqualTo("ERROR");
            assertThat(event.at("/object/code").asInt()).isEqualTo(410);
            assertThat(watch.readLine()).isNull();
        }
    }

    @Test
    void disconnectingEndsWatches() throws IOException, InterruptedException {
        try (BufferedReader watch = watch("?watch=true")) {
            await().until(() -> server.watches() == 1);
            server.disconnectWatches();

            assertThat(watch.readLine()).isNull();
            await().until(() -> server.watches() == 0);
        }
    }

    @Test
    void aWishForAWebSocketIsAnsweredWithPlainHttp() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write("""
                            GET /api/v1/services?watch=true HTTP/1.1\r
                            Host: localhost\r
                            Connection: Upgrade\r
                            Upgrade: websocket\r
                            Sec-WebSocket-Version: 13\r
                            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                            \r
                            """.getBytes(US_ASCII));
            BufferedReader answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));

            assertThat(answer.readLine()).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void troubleComesAsOftenAsWanted() throws IOException, InterruptedException {
        server.put(service("a"));
        server.answer(FakeApiServer.lists(Resource.SERVICES), Answer.status(500, "InternalError", "no"), 1);
        server.answer(FakeApiServer.lists(Resource.SERVICES), new Answer.Truncated(20), 1);

        assertThat(get("/api/v1/services").at("/code").asInt()).isEqualTo(500);
        assertThatThrownBy(() -> get("/api/v1/services")).isInstanceOf(IOException.class);
        assertThat(names(get("/api/v1/services"))).containsExactly("a");
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void eventsAreRecorded() throws IOException, InterruptedException {
        HttpRequest post = HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/namespaces/default/events"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"reason\":\"Conflict\"}"))
                .build();

        assertThat(client.send(post, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
        assertThat(server.events()).singleElement().hasToString("{\"reason\":\"Conflict\"}");
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + path)).build();
        return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
    }

    private BufferedReader watch(String query) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + Resource.SERVICES.path() + query))
                .build();
        InputStream body = client.send(request, BodyHandlers.ofInputStream()).body();
        return new BufferedReader(new InputStreamReader(body, US_ASCII));
    }

    private static List<String> names(JsonNode list) {
        return list.at("/items").findValuesAsText("name");
    }

    private static String service(String name) {
        return "kind: Service\nmetadata: {name: " + name + "}\n";
    }
}
