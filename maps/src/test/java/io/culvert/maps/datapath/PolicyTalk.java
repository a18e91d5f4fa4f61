// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.ConnectionKey;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;

/// Packets of one connection.
///
/// @param opener who sends the first one
/// @param target whom it is for
record PolicyTalk(Protocol protocol, String opener, int openerPort, String target, int targetPort) {

    private static final int SCTP_DATA = 0;
    private static final int SCTP_INIT = 1;
    private static final int SCTP_INIT_ACK = 2;
    private static final int SCTP_ABORT = 6;
    private static final int SCTP_SHUTDOWN = 7;

    static PolicyTalk of(Protocol protocol, String opener, String target) {
        return new PolicyTalk(protocol, opener, 40000, target, 80);
    }

    PolicyTalk toPort(int port) {
        return new PolicyTalk(protocol, opener, openerPort, target, port);
    }

    /// The same addresses and ports, opened by the other one.
    PolicyTalk reversed() {
        return new PolicyTalk(protocol, target, targetPort, opener, openerPort);
    }

    ConnectionKey key() {
        return ConnectionKey.between(
                protocol.number(),
                new IpPort(IpAddress.of(opener), openerPort),
                new IpPort(IpAddress.of(target), targetPort));
    }

    /// SYN, INIT, or a datagram.
    byte[] opens() {
        return packet(SCTP_INIT, TcpFlag.SYN);
    }

    /// SYN-ACK, INIT ACK, or a datagram.
    byte[] accepts() {
        return reversed().packet(SCTP_INIT_ACK, TcpFlag.SYN, TcpFlag.ACK);
    }

    /// More from who opened it.
    byte[] asks() {
        return packet(SCTP_DATA, TcpFlag.ACK);
    }

    /// More from the other one.
    byte[] answers() {
        return reversed().packet(SCTP_DATA, TcpFlag.ACK);
    }

    byte[] resets() {
        return packet(SCTP_ABORT, TcpFlag.RST, TcpFlag.ACK);
    }

    byte[] closes() {
        return packet(SCTP_SHUTDOWN, TcpFlag.FIN, TcpFlag.ACK);
    }

    byte[] answersAndCloses() {
        return reversed().closes();
    }

    private byte[] packet(int chunk, TcpFlag... flags) {
        return builder(chunk, flags).payload("some data").toBytes();
    }

    /// The first packet as ICMP errors quote it.
    PacketBuilder builder() {
        return builder(SCTP_INIT, TcpFlag.SYN).payload("some data");
    }

    private PacketBuilder builder(int chunk, TcpFlag... flags) {
        PacketBuilder ip = PacketBuilder.ethernet().ip(opener, target);
        return switch (protocol) {
            case TCP -> ip.tcp(openerPort, targetPort, flags);
            case UDP -> ip.udp(openerPort, targetPort);
            case SCTP -> ip.sctp(openerPort, targetPort, sctp -> sctp.chunkType(chunk));
        };
    }
}
