// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.loader.BpfObject;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The configuration of the programs that matters to packets.
///
/// Ages in a run are multiples of ten thousand seconds, and timeouts lie in the middle between two, so that the time
/// that a run takes decides nothing.
///
/// @param answers whether there is a budget for RST and ICMP
/// @param fewPorts a few source ports instead of thousands, so that they run out
/// @param hasAddress whether the node has a primary address
record Settings(boolean masqueradeAll, boolean detectsPods, boolean answers, boolean fewPorts, boolean hasAddress) {

    static final IpAddress NODE4 = IpAddress.of("192.0.2.1");
    static final IpAddress NODE6 = IpAddress.of("2001:db8::1");
    static final int AGE = 10_000;

    private static final int SYN = 15_000;
    private static final int ESTABLISHED = 45_000;
    private static final int CLOSING = 5_000;
    private static final int DATAGRAM = 25_000;
    private static final int STREAM = 35_000;

    private static final int NODE_PORTS = 30000;
    private static final int NODE_PORTS_END = 32767;

    IpAddress node(boolean v4) {
        return !hasAddress ? IpAddress.UNSPECIFIED : v4 ? NODE4 : NODE6;
    }

    boolean isNodePort(int port) {
        return port >= NODE_PORTS && port <= NODE_PORTS_END;
    }

    /// First and last port of each range for connections that need another source port.
    int[] sourcePorts() {
        return fewPorts ? new int[] {50000, 50003, 61000, 61002} : new int[] {50000, 50499, 61000, 65535};
    }

    boolean isSourcePort(int port) {
        int[] ports = sourcePorts();
        return (port >= ports[0] && port <= ports[1]) || (port >= ports[2] && port <= ports[3]);
    }

    /// Seconds without a packet after which an entry is expired.
    int timeout(Protocol protocol, boolean answered, boolean over) {
        if (protocol == Protocol.UDP) {
            return answered ? STREAM : DATAGRAM;
        }
        return over ? CLOSING : answered ? ESTABLISHED : SYN;
    }

    BpfObject configure(BpfObject object) {
        ByteBuffer ports = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        for (int port : sourcePorts()) {
            ports.putShort((short) port);
        }
        return object.configure("config_source_ports", ports.array())
                .configure("config_node_ipv4", node(true).toBytes())
                .configure("config_node_ipv6", node(false).toBytes())
                .configure("config_masquerade_all", masqueradeAll)
                .configure("config_detects_pods", detectsPods)
                .configure("config_reject_rate", answers ? 1_000_000_000 : 0)
                .configure("config_tcp_syn_timeout", SYN)
                .configure("config_tcp_established_timeout", ESTABLISHED)
                .configure("config_tcp_closing_timeout", CLOSING)
                .configure("config_udp_timeout", DATAGRAM)
                .configure("config_udp_stream_timeout", STREAM);
    }
}
