// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// A TCP connection to a lab server that stays open.
public final class TcpConnection extends OpenSocket {

    TcpConnection(LabSockets sockets, int handle) {
        super(sockets, handle);
    }

    /// Sends one line and waits for the answer.
    public Outcome exchange(String text) {
        return sockets().exchange("tcp_exchange", this, text);
    }

    /// Makes its close send RST in place of FIN.
    public TcpConnection closesByReset() {
        sockets().order("tcp_reset", this);
        return this;
    }
}
