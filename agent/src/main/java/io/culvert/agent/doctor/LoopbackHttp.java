// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// One small page of a server on this machine. Starting the JDK's client would take longer than an agent's whole start.
final class LoopbackHttp {

    private static final int PATIENCE_MILLIS = 1_000;
    private static final int LONGEST = 4_096;

    private LoopbackHttp() {}

    /// The body of an answer with status 200.
    static Optional<String> get(int port, String path) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), PATIENCE_MILLIS);
            String request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(LONGEST), StandardCharsets.UTF_8);
            int body = answer.indexOf("\r\n\r\n");
            return body > 0 && answer.matches("(?s)HTTP/1\\.[01] 200\\b.*")
                    ? Optional.of(answer.substring(body + 4))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
