// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;

/// Which addresses a lab has. Nodes and pods are counted from 1.
///
/// | | IPv4 | IPv6 |
/// |---|---|---|
/// | node i on the underlay | 172.30.0.i/24 | fd30::i/64 |
/// | the outside | 172.30.0.254 | fd30::fe |
/// | client i beyond the outside | 203.0.i.2/24 | fd20:0:0:i::2/64 |
/// | pods of node i | 10.244.i.0/24 | fd44:0:0:i::/64 |
/// | pod j of node i | .(j+1) | ::(j+1) |
final class AddressPlan {

    static final int OUTSIDE = 254;
    static final String LINK_LOCAL_GATEWAY_V4 = "169.254.1.1";
    static final String LINK_LOCAL_GATEWAY_V6 = "fe80::1";

    private AddressPlan() {}

    static IpAddress node(IpFamily family, int node) {
        return IpAddress.of(
                switch (family) {
                    case IPV4 -> "172.30.0." + node;
                    case IPV6 -> "fd30::" + Integer.toHexString(node);
                });
    }

    static int underlayLength(IpFamily family) {
        return podRangeLength(family);
    }

    static IpAddress client(IpFamily family, int client) {
        return inClientRange(family, client, 2);
    }

    /// The outside, as this client sees it.
    static IpAddress clientGateway(IpFamily family, int client) {
        return inClientRange(family, client, 1);
    }

    private static IpAddress inClientRange(IpFamily family, int client, int host) {
        return IpAddress.of(
                switch (family) {
                    case IPV4 -> "203.0." + client + "." + host;
                    case IPV6 -> "fd20:0:0:" + Integer.toHexString(client) + "::" + host;
                });
    }

    static IpAddress pod(IpFamily family, int node, int pod) {
        return inPodRange(family, node, pod + 1);
    }

    /// The address of `cni0`.
    static IpAddress bridge(IpFamily family, int node) {
        return inPodRange(family, node, 1);
    }

    static String podRange(IpFamily family, int node) {
        return inPodRange(family, node, 0) + "/" + podRangeLength(family);
    }

    static int podRangeLength(IpFamily family) {
        return switch (family) {
            case IPV4 -> 24;
            case IPV6 -> 64;
        };
    }

    private static IpAddress inPodRange(IpFamily family, int node, int host) {
        return IpAddress.of(
                switch (family) {
                    case IPV4 -> "10.244." + node + "." + host;
                    case IPV6 -> "fd44:0:0:" + Integer.toHexString(node) + "::" + Integer.toHexString(host);
                });
    }
}
