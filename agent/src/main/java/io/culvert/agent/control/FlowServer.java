// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.observability.hubble.Hubble;
import java.io.IOException;
import java.nio.file.Path;

/// Serves the Hubble API, on the loop of the control API.
public final class FlowServer implements AutoCloseable {

    /// The group is that of the directory, if an administrator gave it the setgid bit; nobody but root can enter it
    /// else.
    private static final String PERMISSIONS = "rw-rw----";

    private final SocketServer socket;

    private FlowServer(SocketServer socket) {
        this.socket = socket;
    }

    /// @param control is closed after this
    /// @throws IOException if the socket cannot be made
    public static FlowServer start(Path socket, ControlServer control, Hubble hubble) throws IOException {
        return new FlowServer(SocketServer.start(socket, PERMISSIONS, control.loop(), hubble.services()));
    }

    /// Stops at once and removes the socket.
    @Override
    public void close() {
        socket.close();
    }
}
