// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PageServerTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void A15_15_pagesAreServedAtTheirPathAndNowhereElse() throws IOException {
        try (PageServer server = PageServer.open(ANY_PORT, Map.of("/proxyMode", () -> Page.text(200, "culvert")))) {
            assertThat(Http.get("127.0.0.1", server.port(), "/proxyMode"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("text/plain")
                    .endsWith("\r\n\r\nculvert");
            assertThat(Http.get("127.0.0.1", server.port(), "/proxyMode/more"))
                    .startsWith("HTTP/1.1 404 Not Found\r\n");
            assertThat(Http.get("127.0.0.1", server.port(), "/")).startsWith("HTTP/1.1 404 Not Found\r\n");
        }
    }

    @Test
    void anAddressThatIsTakenIsRefused() throws IOException {
        try (PageServer server = PageServer.open(ANY_PORT, Map.of())) {
            InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());

            assertThatThrownBy(() -> PageServer.open(taken, Map.of()))
                    .isInstanceOf(BindException.class)
                    .hasMessage("Address already in use");
        }
    }
}
