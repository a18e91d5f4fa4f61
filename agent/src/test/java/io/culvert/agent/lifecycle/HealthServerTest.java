// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.config.BindAddress;
import io.culvert.agent.lifecycle.HealthServer.Page;
import io.culvert.net.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HealthServerTest {

    private static final BindAddress.Endpoint ANY_PORT = new BindAddress.Endpoint(IpAddress.of("127.0.0.1"), 0);

    @Test
    void theStatusLineHasTheReasonThatKubeProxySends() throws IOException {
        try (HealthServer server = HealthServer.start(
                "--healthz-bind-address",
                ANY_PORT,
                Map.of(
                        "/healthz",
                        () -> new Page(200, "application/json", "{}"),
                        "/livez",
                        () -> new Page(503, "a/b", "")))) {
            assertThat(get(server, "/healthz"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n{}");
            assertThat(get(server, "/livez")).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
            assertThat(get(server, "/healthz/more")).startsWith("HTTP/1.1 404 Not Found\r\n");
            assertThat(get(server, "/")).startsWith("HTTP/1.1 404 Not Found\r\n");
        }
    }

    @Test
    void anAddressThatIsTakenIsNamed() {
        try (HealthServer server = HealthServer.start("--healthz-bind-address", ANY_PORT, Map.of())) {
            BindAddress.Endpoint taken = new BindAddress.Endpoint(IpAddress.of("127.0.0.1"), server.port());

            assertThatThrownBy(() -> HealthServer.start("--healthz-bind-address", taken, Map.of()))
                    .isInstanceOf(StartException.class)
                    .hasMessage("listen on " + taken + ": Address already in use;"
                            + " stop what listens there (kube-proxy does), or choose another --healthz-bind-address");
        }
    }

    private static String get(HealthServer server, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
