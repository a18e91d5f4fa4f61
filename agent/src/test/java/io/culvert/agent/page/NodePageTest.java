// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.agent.health.PageServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the page answers, byte by byte.
@Timeout(60)
final class NodePageTest {

    private static final int KEPT = 1000;

    private final PageFlows flows = new PageFlows(KEPT);
    private final StreamSlots slots = new StreamSlots(2);
    private final List<Socket> sockets = new ArrayList<>();
    private final List<HttpURLConnection> connections = new ArrayList<>();
    private PageServer server;

    @BeforeEach
    void open() throws IOException {
        server = PageServer.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Map.of(), new NodePage(flows, slots));
    }

    @AfterEach
    void close() throws IOException {
        connections.forEach(HttpURLConnection::disconnect);
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
        await().atMost(10, SECONDS).until(() -> slots.used() == 0);
        flows.close();
    }

    /// Sends a request and gives what comes back, headers first.
    private BufferedReader ask(String method, String path, String... headers) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        String request = method + " " + path + " HTTP/1.1\r\n" + String.join("", lines(headers)) + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Follows flows.
    private BufferedReader follow(String path, String... after) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + server.port() + path).toURL().openConnection();
        connections.add(connection);
        if (after.length > 0) {
            connection.setRequestProperty("Last-Event-ID", after[0]);
        }
        assertThat(connection.getContentType()).isEqualTo("text/event-stream");
        return new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    }

    private static List<String> lines(String... headers) {
        List<String> lines = new ArrayList<>();
        boolean host = false;
        for (String header : headers) {
            lines.add(header + "\r\n");
            host |= header.startsWith("Host:");
        }
        if (!host) {
            lines.add("Host: localhost\r\n");
        }
        return lines;
    }

    private String answer(String method, String path, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Connection: close");
        BufferedReader reader = ask(method, path, all.toArray(String[]::new));
        StringBuilder text = new StringBuilder();
        for (int next = reader.read(); next >= 0; next = reader.read()) {
            text.append((char) next);
        }
        return text.toString();
    }

    private static JsonNode json(String answer) throws IOException {
        return new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html",
        "/page.css, text/css",
        "/page.js, text/javascript",
        "/dom.js, text/javascript",
        "/flows.js, text/javascript",
        "/map.js, text/javascript",
        "/tables.js, text/javascript",
        "/icon.svg, image/svg+xml"
    })
    void filesComeFromTheJarAndNothingFromElsewhere(String path, String type) throws IOException {
        String answer = answer("GET", path);
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("Content-Type: " + type)
                .containsIgnoringCase("Content-Security-Policy: default-src 'self';")
                .containsIgnoringCase("X-Content-Type-Options: nosniff")
                .doesNotContain("https://", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
        assertThat(answer.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/index.html", "/../pom.xml", "/%2e%2e/page.css", "/api", "/api/flows/", "/io/culvert"})
    void everythingElseIsNotThere(String path) throws IOException {
        assertThat(answer("GET", path)).startsWith("HTTP/1.1 404 Not Found\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void nothingCanBeChanged(String method) throws IOException {
        assertThat(answer(method, "/api/map", "Content-Length: 0"))
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("Allow: GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/map", "/api/services", "/api/flows"})
    void aNameThatWasReboundIsRefused(String path) throws IOException {
        assertThat(answer("GET", path, "Host: evil.example:10249")).startsWith("HTTP/1.1 403 Forbidden\r\n");
        assertThat(answer("GET", path, "Host: localhost", "Host: evil.example")).doesNotContain("200 OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/map", "/api/services", "/api/flows"})
    void headHasNoBody(String path) throws IOException {
        assertThat(answer("HEAD", path)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/flows?port=x", "/api/flows?what=1", "/api/services?limit=0", "/api/map?x=1"})
    void aQueryThatMeansNothingIsTold(String path) throws IOException {
        assertThat(answer("GET", path)).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }

    @Test
    void beforeTheAgentIsReadyThereIsNothingToShow() throws IOException {
        flows.ready = false;
        assertThat(answer("GET", "/api/map"))
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .endsWith("no flows: the agent is not ready yet, or flow-aggregation is off\n");
        assertThat(answer("GET", "/api/flows")).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
        flows.ready = true;
    }

    @Test
    void theMapIsJson() throws IOException {
        flows.connects();
        JsonNode map = json(answer("GET", "/api/map"));

        assertThat(map.get("node").asText()).isEqualTo("n1");
        assertThat(map.get("edges")).hasSize(2);
        assertThat(map.get("written").asLong()).isEqualTo(1);
    }

    /// The data of the next event of this name.
    private static JsonNode next(BufferedReader stream, String event) throws IOException {
        for (String line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.equals("event: " + event)) {
                String data = stream.readLine();
                while (!data.startsWith("data: ")) {
                    data = stream.readLine();
                }
                return new ObjectMapper().readTree(data.substring("data: ".length()));
            }
        }
        throw new AssertionError("the stream ended");
    }

    @Test
    void flowsAreStreamedFirstThoseThatThereAreThenNewOnes() throws IOException {
        flows.connects();
        flows.denied();
        BufferedReader stream = follow("/api/flows");
        JsonNode first = next(stream, "flows");
        assertThat(first).hasSize(2);
        assertThat(first.get(0).get("service").asText()).isEqualTo("shop/db");
        assertThat(first.get(1).get("reason").asText()).isEqualTo("policy denied");

        flows.leaves();
        JsonNode second = next(stream, "flows");
        assertThat(second).hasSize(1);
        assertThat(second.get(0).get("number").asLong()).isEqualTo(2);
    }

    @Test
    void aFilterHoldsForBoth() throws IOException {
        flows.connects();
        flows.denied();
        BufferedReader stream = follow("/api/flows?verdict=dropped&last=1");
        assertThat(next(stream, "flows")).hasSize(1);

        flows.connects();
        flows.denied();
        JsonNode more = next(stream, "flows");
        assertThat(more).hasSize(1);
        assertThat(more.get(0).get("number").asLong()).isEqualTo(3);
    }

    @Test
    void whoComesBackGoesOnWhereItWas() throws IOException {
        flows.connects();
        flows.denied();
        flows.leaves();

        JsonNode rest = next(follow("/api/flows", "0"), "flows");
        assertThat(rest).hasSize(2);
        assertThat(rest.get(0).get("number").asLong()).isEqualTo(1);
    }

    @Test
    void whatWasTooMuchOrLostIsTold() throws IOException {
        BufferedReader stream = follow("/api/flows?last=0");
        assertThat(next(stream, "flows")).isEmpty();

        for (int i = 0; i < 10 * KEPT; i++) {
            flows.connects();
        }
        flows.ringOverran(7);
        int shown = 0;
        long missed = 0;
        long ring = 0;
        while (shown + missed < 10 * KEPT || ring == 0) {
            String line = stream.readLine();
            if (line.startsWith("data: [")) {
                shown += new ObjectMapper().readTree(line.substring(6)).size();
            } else if (line.startsWith("data: {")) {
                JsonNode lost = new ObjectMapper().readTree(line.substring(6));
                missed += lost.get("missed").asLong();
                ring += lost.get("ring").asLong();
            }
        }
        assertThat(shown).isGreaterThan(0);
        assertThat(shown + missed).isEqualTo(10 * KEPT);
        assertThat(ring).isEqualTo(7);
    }

    @Test
    void placesAreBoundedAndComeBack() throws IOException {
        BufferedReader first = follow("/api/flows");
        assertThat(next(first, "flows")).isEmpty();
        assertThat(next(follow("/api/flows"), "flows")).isEmpty();

        assertThat(answer("GET", "/api/flows"))
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .containsIgnoringCase("Retry-After: 5");

        connections.getFirst().disconnect();
        await().atMost(10, SECONDS).until(() -> {
            flows.connects();
            return slots.used() < 2;
        });
        assertThat(next(follow("/api/flows"), "flows")).isNotEmpty();
    }

    @Test
    void aBrowserThatDoesNotReadSlowsNobody() throws IOException {
        Socket silent = new Socket();
        sockets.add(silent);
        silent.setReceiveBufferSize(4096);
        silent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        silent.getOutputStream()
                .write("GET /api/flows HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        BufferedReader stream = follow("/api/flows?verdict=dropped&last=0");
        assertThat(next(stream, "flows")).isEmpty();

        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 5 * KEPT; i++) {
                flows.connects();
            }
            flows.denied();
            assertThat(next(stream, "flows")).hasSize(1);
        }
        assertThat(slots.used()).isEqualTo(2);
    }
}
