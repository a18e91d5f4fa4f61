// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RetriedServerTest {

    private final List<String> events = new ArrayList<>();

    private RetriedServer server(int port) {
        return new RetriedServer(
                new RetriedServer.Purpose(
                        "--healthz-bind-address", "0.0.0.0:" + port, "FailedToStartProxierHealthcheck"),
                new ObjectName("", "n1"),
                (kind, object, reason, message) ->
                        events.add(kind + " " + object.name() + " " + reason + ": " + message),
                () -> ProbeListener.open(IpAddress.of("0.0.0.0"), port, _ -> Page.text(200, "ok")));
    }

    @Test
    void A11_28_A15_13_aTakenAddressIsAnEventAndIsTriedAgain() throws IOException {
        int port;
        RetriedServer server;
        try (ServerSocket busy = new ServerSocket(0)) {
            port = busy.getLocalPort();
            server = server(port);
            String refusal = "listen on 0.0.0.0:" + port + ": Address already in use;"
                    + " stop what listens there (kube-proxy does), or choose another --healthz-bind-address";
            assertThat(server.attempt()).contains(refusal);
            assertThat(server.attempt()).contains(refusal);
            assertThat(events).containsExactly("NODE n1 FailedToStartProxierHealthcheck: " + refusal);
            assertThat(server.problem()).isPresent();
        }
        try (server) {
            assertThat(server.attempt()).isEmpty();
            assertThat(server.problem()).isEmpty();
            assertThat(Http.get("127.0.0.1", port, "/")).startsWith("HTTP/1.1 200 OK");
        }
    }
}
