// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.net.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;

/// One request and its answer, as far as probes need HTTP/1.1 (RFC 9112): the request line is read, headers are
/// skipped, bodies are ignored, and the connection ends.
final class ProbeExchange {

    /// A client has this long for its request.
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int LONGEST_HEAD = 8192;

    private ProbeExchange() {}

    static void answer(SocketChannel channel, Function<ProbeRequest, Page> pages) throws IOException {
        Socket socket = channel.socket();
        String[] line = requestLine(socket).split(" ");
        boolean understood = line.length == 3 && line[1].startsWith("/") && line[2].startsWith("HTTP/1.");
        Page page = understood ? page(socket, line, pages) : Page.text(400, "400 Bad Request\n");
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(message(page, body, understood && line[0].equals("HEAD")));
        socket.shutdownOutput();
    }

    private static Page page(Socket socket, String[] line, Function<ProbeRequest, Page> pages) {
        int query = line[1].indexOf('?');
        String path = query < 0 ? line[1] : line[1].substring(0, query);
        return pages.apply(new ProbeRequest(
                line[0],
                path,
                IpAddress.of(((InetSocketAddress) socket.getLocalSocketAddress()).getAddress())
                        .family()));
    }

    /// The first line of a whole request head; empty if there is none in time and within bounds.
    private static String requestLine(Socket socket) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream(512);
        byte[] buffer = new byte[1024];
        while (head.size() < LONGEST_HEAD) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                break;
            }
            socket.setSoTimeout((int) left);
            int read = in.read(buffer);
            if (read < 0) {
                break;
            }
            head.write(buffer, 0, read);
            String text = head.toString(StandardCharsets.ISO_8859_1);
            if (text.contains("\r\n\r\n") || text.contains("\n\n")) {
                return text.lines().findFirst().orElse("");
            }
        }
        return "";
    }

    private static byte[] message(Page page, byte[] body, boolean headOnly) {
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 %d %s\r\n".formatted(page.status(), page.reason()))
                .append("Content-Length: %d\r\nConnection: close\r\n".formatted(body.length));
        page.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream message = new ByteArrayOutputStream(start.length + body.length);
        message.writeBytes(start);
        if (!headOnly) {
            message.writeBytes(body);
        }
        return message.toByteArray();
    }
}
