// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Over real sockets on loopback.
final class ProbeListenerTest {

    private static final IpAddress LOOPBACK = IpAddress.of("127.0.0.1");

    private static ProbeListener listener() throws IOException {
        return ProbeListener.open(
                LOOPBACK,
                0,
                request -> Page.text(200, request.method() + " " + request.path() + " " + request.family()));
    }

    @Test
    void A11_20_theStatusLineHasTheReasonThatTestsOfKubernetesLookFor() throws IOException {
        try (ProbeListener listener = listener()) {
            assertThat(Http.get("127.0.0.1", listener.port(), "/a/b?c=d"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nContent-Length: 13\r\n")
                    .endsWith("\r\n\r\nGET /a/b IPV4");
        }
    }

    @Test
    void aHeadRequestGetsNoBody() throws IOException {
        try (ProbeListener listener = listener()) {
            assertThat(Http.send("127.0.0.1", listener.port(), "HEAD /x HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Content-Length: 12\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void whatIsNoRequestIsABadOne() throws IOException {
        try (ProbeListener listener = listener()) {
            for (String request : List.of("\r\n\r\n", "GET\r\n\r\n", "GET x HTTP/1.1\r\n\r\n", "GET / SMTP\r\n\r\n")) {
                assertThat(Http.send("127.0.0.1", listener.port(), request)).startsWith("HTTP/1.1 400 Bad Request\r\n");
            }
            assertThat(Http.send("127.0.0.1", listener.port(), "a".repeat(8192)))
                    .startsWith("HTTP/1.1 400 Bad Request");
            assertThat(Http.get("127.0.0.1", listener.port(), "/")).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void A11_11_theUnspecifiedAddressIsBothFamiliesAndEachIsToldApart() throws IOException {
        for (String any : List.of("::", "0.0.0.0")) {
            try (ProbeListener listener = ProbeListener.open(
                    IpAddress.of(any),
                    0,
                    request -> Page.text(200, request.family().name()))) {
                assertThat(Http.get("127.0.0.1", listener.port(), "/")).endsWith("IPV4");
                assertThat(Http.get("::1", listener.port(), "/")).endsWith("IPV6");
            }
        }
    }

    @Test
    void A11_06_oneAddressIsThatAddressOnly() throws IOException {
        try (ProbeListener listener = listener()) {
            assertThatThrownBy(() -> Http.get("127.0.0.2", listener.port(), "/"))
                    .isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> Http.get("::1", listener.port(), "/")).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void A11_07_aTakenPortIsRefused() throws IOException {
        try (ProbeListener listener = listener()) {
            assertThatThrownBy(() -> ProbeListener.open(LOOPBACK, listener.port(), _ -> Page.notFound()))
                    .isInstanceOf(BindException.class)
                    .hasMessage("Address already in use");
        }
    }

    @Test
    void whoeverHoldsConnectionsOpenDoesNotStopTheListener() throws IOException {
        List<Socket> held = new ArrayList<>();
        try (ProbeListener listener = listener()) {
            for (int i = 0; i < ProbeListener.CONNECTIONS; i++) {
                held.add(new Socket(InetAddress.getLoopbackAddress(), listener.port()));
            }
            for (Socket socket : held) {
                socket.close();
            }
            await().untilAsserted(() ->
                    assertThat(Http.get("127.0.0.1", listener.port(), "/")).startsWith("HTTP/1.1 200 OK"));
        }
    }

    @Test
    void manyListenersTakeNoThreadEach() throws IOException {
        List<ProbeListener> listeners = new ArrayList<>();
        try {
            listeners.add(listener());
            int before = ManagementFactory.getThreadMXBean().getThreadCount();
            for (int i = 0; i < 500; i++) {
                listeners.add(listener());
            }
            for (ProbeListener listener : listeners) {
                assertThat(Http.get("127.0.0.1", listener.port(), "/")).startsWith("HTTP/1.1 200 OK");
            }
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(before + 20);
        } finally {
            listeners.forEach(ProbeListener::close);
        }
    }

    @Test
    void A11_08_connectionsAreRefusedAfterItIsClosed() throws IOException {
        ProbeListener listener = listener();
        int port = listener.port();
        listener.close();

        assertThatThrownBy(() -> Http.get("127.0.0.1", port, "/")).isInstanceOf(ConnectException.class);
    }
}
