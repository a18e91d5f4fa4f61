// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// A UDP socket that stays open; connected or not.
public final class UdpSocket extends OpenSocket {

    UdpSocket(LabSockets sockets, int handle) {
        super(sockets, handle);
    }

    /// Sends to the peer of a connected socket, and waits for the answer.
    public Outcome send(String text) {
        return sockets().exchange("udp_exchange", this, text);
    }

    /// Sends to an address, and waits for the answer.
    public Outcome sendTo(Dial to, String text) {
        return sockets().exchangeDatagram(this, to, text);
    }
}
