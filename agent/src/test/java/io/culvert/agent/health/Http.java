// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Asks servers on loopback over real sockets, and gives the answer byte for byte.
public final class Http {

    private Http() {}

    /// The whole answer, status line and headers included.
    public static String get(String address, int port, String path) throws IOException {
        return send(address, port, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    static String send(String address, int port, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 5_000);
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// Its first line.
    public static String status(String answer) {
        return answer.lines().findFirst().orElse("");
    }

    static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
}
