// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Serves the control API on a Unix socket that only its owner can open.
public final class ControlServer implements AutoCloseable {

    private final EventLoop loop;
    private final SocketServer server;

    private ControlServer(EventLoop loop, SocketServer server) {
        this.loop = loop;
        this.server = server;
    }

    /// @throws IOException if the socket cannot be made
    public static ControlServer start(Path socket, NodeView node) throws IOException {
        EventLoop loop = new EventLoop();
        try {
            return new ControlServer(
                    loop,
                    SocketServer.start(
                            socket,
                            "rw-------",
                            loop,
                            List.of(new ControlService(node).bindService(), new PolicyService(node).bindService())));
        } catch (IOException e) {
            loop.close();
            throw e;
        }
    }

    EventLoop loop() {
        return loop;
    }

    /// Stops at once and removes the socket.
    @Override
    public void close() {
        server.close();
        loop.close();
    }
}
