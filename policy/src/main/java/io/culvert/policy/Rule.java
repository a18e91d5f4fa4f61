// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import java.util.List;
import java.util.stream.Stream;

/// A rule of either API.
///
/// @param action of NetworkPolicies always [PolicyAction#ACCEPT]
/// @param anyone whether it has no peers because everyone is meant
/// @param ports empty for all
record Rule(RuleId id, PolicyAction action, boolean anyone, List<PolicyPeer> peers, List<PolicyPort> ports) {

    /// Rules of one name are hardly ever different, and selections of thousands of them are looked up.
    @Override
    public int hashCode() {
        return id.hashCode();
    }

    static Rule of(ObjectName policy, Direction direction, int index, NetworkPolicyRule rule) {
        return new Rule(
                new RuleId(Stage.NETWORK_POLICY, policy, direction, index),
                PolicyAction.ACCEPT,
                rule.peers().isEmpty(),
                rule.peers(),
                rule.ports());
    }

    /// What this version does not know may mean more peers or fewer. So such a rule accepts nobody; and where it would
    /// deny or pass, nothing goes in its direction.
    static Rule of(RuleId id, ClusterNetworkPolicyRule rule) {
        if (rule.understood()) {
            return new Rule(id, rule.action(), false, rule.peers(), rule.protocols());
        }
        return rule.action() == PolicyAction.ACCEPT
                ? new Rule(id, PolicyAction.ACCEPT, false, List.of(), List.of())
                : new Rule(id, PolicyAction.DENY, true, List.of(), List.of());
    }

    /// Whether there are [#namedPorts].
    boolean namesPorts() {
        for (PolicyPort port : ports) {
            if (port instanceof PolicyPort.Named) {
                return true;
            }
        }
        return false;
    }

    Stream<PolicyPort.Named> namedPorts() {
        return ports.stream().filter(PolicyPort.Named.class::isInstance).map(PolicyPort.Named.class::cast);
    }
}
