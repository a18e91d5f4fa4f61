// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import java.util.List;

/// One rule of a ClusterNetworkPolicy.
///
/// @param name of the rule, for messages; may be empty
/// @param peers `from` or `to`; the API wants at least one
/// @param protocols empty for every port of every protocol, also of protocols without ports
public record ClusterNetworkPolicyRule(
        String name, PolicyAction action, List<PolicyPeer> peers, List<PolicyPort> protocols) {

    public ClusterNetworkPolicyRule {
        peers = List.copyOf(peers);
        protocols = List.copyOf(protocols);
    }

    /// Whether this version knows all of it. What it does not know it must not guess, see
    /// `docs/policy.md`: such a rule accepts nothing, or denies everything.
    public boolean understood() {
        return !peers.isEmpty()
                && peers.stream().noneMatch(PolicyPeer.Unknown.class::isInstance)
                && protocols.stream().noneMatch(PolicyPort.Unknown.class::isInstance);
    }
}
