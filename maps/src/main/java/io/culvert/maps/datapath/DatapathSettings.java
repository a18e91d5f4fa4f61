// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Optional;

/// What is written into the programs before they are loaded. Another setting means other programs:
/// [Datapath#configure] loads them and puts them in place of those that run.
///
/// @param nodeIpv4 primary address of the node: what a pod sees as its peer when it reaches itself through a Service,
/// and what others see where no address of the device is known; empty: neither is possible over IPv4
/// @param nodeIpv6 the same for IPv6
/// @param sourcePorts exactly two ranges for connections that must leave with another source port; they may be the same
/// @param nodePorts where NodePorts lie
/// @param timeouts of the flow table
/// @param rejectRate RST and ICMP answers a second on each CPU
/// @param tcpPeerName whether getpeername(2) of a TCP socket shows the Service; costs memory for each connection
/// @param masqueradeAll whether every connection to a ClusterIP is masqueraded
/// @param detectsPods whether pods are told from other clients at all; if not, no connection to a ClusterIP is
/// masqueraded and nobody short-circuits externalTrafficPolicy
/// @param localhostNodePorts whether processes of the node reach NodePorts on loopback addresses
/// @param dsrGeneve whether backends of other nodes are handed packets by Geneve instead of IPIP, where they answer
/// clients themselves
/// @param hostNetns cookie of the node's network namespace; 0: every socket counts as a pod's
public record DatapathSettings(
        Optional<IpAddress> nodeIpv4,
        Optional<IpAddress> nodeIpv6,
        List<PortRange> sourcePorts,
        PortRange nodePorts,
        FlowTimeouts timeouts,
        int rejectRate,
        boolean tcpPeerName,
        boolean masqueradeAll,
        boolean detectsPods,
        boolean localhostNodePorts,
        boolean dsrGeneve,
        long hostNetns) {

    /// What the programs have when nobody sets anything.
    public static final DatapathSettings DEFAULT = new DatapathSettings(
            Optional.empty(),
            Optional.empty(),
            List.of(new PortRange(61000, 65535), new PortRange(61000, 65535)),
            new PortRange(30000, 32767),
            FlowTimeouts.DEFAULT,
            1000,
            true,
            false,
            true,
            false,
            false,
            0);

    public DatapathSettings {
        sourcePorts = List.copyOf(sourcePorts);
        if (sourcePorts.size() != 2) {
            throw new IllegalArgumentException("not two ranges of ports: " + sourcePorts);
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
                sourcePorts,
                nodePorts,
                timeouts,
                rejectRate,
                tcpPeerName,
                masqueradeAll,
                detectsPods,
                localhostNodePorts,
                dsrGeneve,
                hostNetns);
    }

    /// The same, remembering the Service of a TCP socket or not.
    public DatapathSettings withTcpPeerName(boolean shown) {
        return new DatapathSettings(
                nodeIpv4,
                nodeIpv6,
                sourcePorts,
                nodePorts,
                timeouts,
                rejectRate,
                shown,
                masqueradeAll,
                detectsPods,
                localhostNodePorts,
                dsrGeneve,
                hostNetns);
    }
}
