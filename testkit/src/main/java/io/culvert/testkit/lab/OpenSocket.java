// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// A socket that stays open on a lab host.
public sealed class OpenSocket implements AutoCloseable permits TcpConnection, UdpSocket, LabServer, Capture {

    private final LabSockets sockets;
    private final int handle;

    OpenSocket(LabSockets sockets, int handle) {
        this.sockets = sockets;
        this.handle = handle;
    }

    /// getsockname(2).
    public final SocketName local() {
        return sockets.name(handle, "getsockname");
    }

    /// getpeername(2).
    ///
    /// @throws AssertionError if the socket has no peer
    public final SocketName peer() {
        return sockets.name(handle, "getpeername");
    }

    @Override
    public final void close() {
        sockets.close(handle);
    }

    LabSockets sockets() {
        return sockets;
    }

    int handle() {
        return handle;
    }
}
