// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
final class LoopbackHttpTest {

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1);
        server.createContext("/proxyMode", exchange -> {
            byte[] body = "iptables".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aPageIsItsBodyAndEverythingElseIsNothing() {
        int port = server.getAddress().getPort();

        assertThat(LoopbackHttp.get(port, "/proxyMode")).hasValue("iptables");
        assertThat(LoopbackHttp.get(port, "/other")).isEmpty();
        server.stop(0);
        assertThat(LoopbackHttp.get(port, "/proxyMode")).isEmpty();
    }
}
