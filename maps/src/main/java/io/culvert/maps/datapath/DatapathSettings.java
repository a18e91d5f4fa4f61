// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.net.IpAddress;
import java.time.Duration;
import java.util.Optional;

/// What is written into the programs before they are loaded. Another setting means other programs:
/// [Datapath#configure] loads them and puts them in place of those that run.
///
/// @param nodeIpv4 what a pod sees as its peer when it reaches itself through a Service; empty: no hairpin over
/// IPv4
/// @param nodeIpv6 the same for IPv6
/// @param sourcePortMin first port for connections that must leave with another source port
/// @param sourcePortMax last such port
/// @param tcpSyn how long a connection that is not answered is remembered; whole seconds, as all of these
/// @param tcpEstablished an open connection, since its last packet
/// @param tcpClosing a closed one
/// @param udp a UDP flow that was not answered
/// @param udpStream one that was
/// @param rejectRate RST and ICMP answers a second on each CPU
/// @param tcpPeerName whether getpeername(2) of a TCP socket shows the Service; costs memory for each connection
public record DatapathSettings(
        Optional<IpAddress> nodeIpv4,
        Optional<IpAddress> nodeIpv6,
        int sourcePortMin,
        int sourcePortMax,
        Duration tcpSyn,
        Duration tcpEstablished,
        Duration tcpClosing,
        Duration udp,
        Duration udpStream,
        int rejectRate,
        boolean tcpPeerName) {

    /// What the programs have when nobody sets anything.
    public static final DatapathSettings DEFAULT = new DatapathSettings(
            Optional.empty(),
            Optional.empty(),
            61000,
            65535,
            Duration.ofSeconds(60),
            Duration.ofDays(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(120),
            1000,
            true);

    public DatapathSettings {
        if (sourcePortMin < 1 || sourcePortMax > 0xffff || sourcePortMin > sourcePortMax) {
            throw new IllegalArgumentException("not a range of ports: " + sourcePortMin + "-" + sourcePortMax);
        }
        if (rejectRate < 1) {
            throw new IllegalArgumentException("not a rate: " + rejectRate);
        }
    }

    /// The same with other node addresses.
    public DatapathSettings withNodeAddresses(Optional<IpAddress> ipv4, Optional<IpAddress> ipv6) {
        return new DatapathSettings(
                ipv4,
                ipv6,
                sourcePortMin,
                sourcePortMax,
                tcpSyn,
                tcpEstablished,
                tcpClosing,
                udp,
                udpStream,
                rejectRate,
                tcpPeerName);
    }

    /// The same, remembering the Service of a TCP socket or not.
    public DatapathSettings withTcpPeerName(boolean shown) {
        return new DatapathSettings(
                nodeIpv4,
                nodeIpv6,
                sourcePortMin,
                sourcePortMax,
                tcpSyn,
                tcpEstablished,
                tcpClosing,
                udp,
                udpStream,
                rejectRate,
                shown);
    }
}
