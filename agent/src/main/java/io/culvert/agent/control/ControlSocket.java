// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Where the agent of a run directory listens on Unix sockets.
public final class ControlSocket {

    /// `sun_path` of unix(7), less its final zero.
    private static final int LONGEST = 107;

    private ControlSocket() {}

    /// @throws IllegalArgumentException if the kernel cannot address a socket there
    public static Path in(Path runDir) {
        return addressable(runDir.resolve("agent.sock"));
    }

    /// Where it serves the Hubble API.
    ///
    /// @throws IllegalArgumentException if the kernel cannot address a socket there
    public static Path ofFlows(Path runDir) {
        return addressable(runDir.resolve("hubble.sock"));
    }

    private static Path addressable(Path socket) {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST) {
            throw new IllegalArgumentException("listen on " + socket + ": the path has " + length
                    + " bytes and a Unix socket takes " + LONGEST + "; choose a shorter --run-dir");
        }
        return socket;
    }
}
