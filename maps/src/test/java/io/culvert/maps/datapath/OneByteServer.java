// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A server on 127.0.0.1 that gives each client a byte and hangs up.
final class OneByteServer implements AutoCloseable {

    private final ServerSocket server;

    OneByteServer() {
        try {
            server = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::serve);
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write('x');
            } catch (IOException e) {
                // the client of this one connection tells, if it is not the end
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
