// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.observability.names.PolicyName;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.RuleMatch;
import io.culvert.policy.RuleId;
import io.culvert.policy.Stage;
import java.util.List;

/// What rules are called, and what they ask about.
///
/// @param revision of all these policies
record RuleNames(PolicyState policies, long revision) {

    PolicyRule of(RuleId rule) {
        boolean namespaced = rule.stage() == Stage.NETWORK_POLICY;
        PolicyName name = new PolicyName(
                namespaced ? "NetworkPolicy" : "ClusterNetworkPolicy",
                rule.policy().namespace(),
                rule.policy().name());
        return new PolicyRule(name, namespaced ? matchOfNamespaced(rule) : matchOfCluster(rule), revision);
    }

    private RuleMatch matchOfNamespaced(RuleId id) {
        NetworkPolicy policy = policies.networkPolicies().get(id.policy());
        if (policy == null || id.index() >= policy.rules(id.direction()).size()) {
            return RuleMatch.NONE;
        }
        NetworkPolicyRule rule = policy.rules(id.direction()).get(id.index());
        return match(rule.peers(), rule.ports());
    }

    private RuleMatch matchOfCluster(RuleId id) {
        ClusterNetworkPolicy policy =
                policies.clusterNetworkPolicies().get(id.policy().name());
        if (policy == null || id.index() >= policy.rules(id.direction()).size()) {
            return RuleMatch.NONE;
        }
        ClusterNetworkPolicyRule rule = policy.rules(id.direction()).get(id.index());
        return match(rule.peers(), rule.protocols());
    }

    private static RuleMatch match(List<PolicyPeer> peers, List<PolicyPort> ports) {
        boolean named = ports.stream().anyMatch(port -> !(port instanceof PolicyPort.AnyPort));
        return RuleMatch.of(!peers.isEmpty(), named, !ports.isEmpty());
    }
}
