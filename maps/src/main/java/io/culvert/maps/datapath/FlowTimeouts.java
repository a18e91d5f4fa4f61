// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.time.Duration;

/// How long the flow table remembers a connection after its last packet; whole seconds.
///
/// @param tcpSyn one that was not answered
/// @param tcpEstablished an open one
/// @param tcpClosing a closed one
/// @param udp a UDP flow that was not answered
/// @param udpStream one that was
public record FlowTimeouts(
        Duration tcpSyn, Duration tcpEstablished, Duration tcpClosing, Duration udp, Duration udpStream) {

    /// As kube-proxy and the kernel's conntrack have them.
    public static final FlowTimeouts DEFAULT = new FlowTimeouts(
            Duration.ofSeconds(60),
            Duration.ofDays(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(120));
}
