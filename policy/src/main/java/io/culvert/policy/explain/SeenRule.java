// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.policy.RuleId;
import io.culvert.policy.Stage;
import java.util.List;
import java.util.Locale;

/// A rule of either API as it is written.
///
/// @param name of a ClusterNetworkPolicy's rule; may be empty
/// @param peers empty in a NetworkPolicy for everyone
/// @param ports empty for all
public record SeenRule(RuleId id, String name, PolicyAction action, List<PolicyPeer> peers, List<PolicyPort> ports) {

    public SeenRule {
        peers = List.copyOf(peers);
        ports = List.copyOf(ports);
    }

    boolean ofNetworkPolicy() {
        return id.stage() == Stage.NETWORK_POLICY;
    }

    /// `ingress[0]`
    public String place() {
        return id.direction().apiName().toLowerCase(Locale.ROOT) + "[" + id.index() + "]";
    }

    /// `allows TCP 80 from pods app=web of this namespace`
    public String text() {
        return PolicyText.rule(this);
    }
}
