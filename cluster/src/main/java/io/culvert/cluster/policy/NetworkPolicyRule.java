// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import java.util.List;

/// One rule of a NetworkPolicy. It allows what matches one of its peers and one of its ports.
///
/// @param peers `from` or `to`; empty for everyone, also who is no pod
/// @param ports empty for every port of every protocol, also of protocols without ports
public record NetworkPolicyRule(List<PolicyPeer> peers, List<PolicyPort> ports) {

    public NetworkPolicyRule {
        peers = List.copyOf(peers);
        ports = List.copyOf(ports);
    }
}
