// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.net.Protocol;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Who talks in tests of policies, in each family: two pods of this node, a pod elsewhere, somebody outside, this node,
/// and a Service.
enum PolicyNet {
    V4("10.1.0.2", "10.1.0.3", "10.1.9.9", "198.51.100.7", "192.0.2.1", "10.96.0.10"),
    V6("fd00:1::2", "fd00:1::3", "fd00:1:9::9", "2001:db8:7::7", "2001:db8::1", "fd00:96::10");

    final String pod;
    final String otherPod;
    final String remotePod;
    final String outside;
    final String node;
    final String service;

    PolicyNet(String pod, String otherPod, String remotePod, String outside, String node, String service) {
        this.pod = pod;
        this.otherPod = otherPod;
        this.remotePod = remotePod;
        this.outside = outside;
        this.node = node;
        this.service = service;
    }

    /// `10.1.0.2:80` or `[fd00:1::2]:80`.
    static String end(String address, int port) {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }

    /// Every family with every protocol that has ports.
    static Stream<Arguments> withProtocols() {
        return Arrays.stream(values())
                .flatMap(net -> Arrays.stream(Protocol.values()).map(protocol -> Arguments.of(net, protocol)));
    }

    /// Every family with every protocol of which a packet says whether it is the first one.
    static Stream<Arguments> withHandshakes() {
        return Arrays.stream(values())
                .flatMap(net -> Stream.of(Protocol.TCP, Protocol.SCTP).map(protocol -> Arguments.of(net, protocol)));
    }
}
