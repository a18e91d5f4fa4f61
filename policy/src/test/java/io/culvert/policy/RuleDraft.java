// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import java.util.List;

/// A rule being written down: `deny().peers(namespaces("ns=y")).ports(tcp(80))`.
record RuleDraft(PolicyAction action, List<PolicyPeer> peers, List<PolicyPort> ports) {

    /// A rule of a NetworkPolicy.
    static RuleDraft allow() {
        return new RuleDraft(PolicyAction.ACCEPT, List.of(), List.of());
    }

    static RuleDraft accept() {
        return allow();
    }

    static RuleDraft deny() {
        return new RuleDraft(PolicyAction.DENY, List.of(), List.of());
    }

    static RuleDraft pass() {
        return new RuleDraft(PolicyAction.PASS, List.of(), List.of());
    }

    RuleDraft peers(PolicyPeer... all) {
        return new RuleDraft(action, List.of(all), ports);
    }

    RuleDraft ports(PolicyPort... all) {
        return new RuleDraft(action, peers, List.of(all));
    }

    NetworkPolicyRule namespaced() {
        return new NetworkPolicyRule(peers, ports);
    }

    ClusterNetworkPolicyRule clustered() {
        return new ClusterNetworkPolicyRule("", action, peers, ports);
    }
}
