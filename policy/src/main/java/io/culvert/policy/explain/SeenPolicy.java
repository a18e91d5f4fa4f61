// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.RuleId;
import io.culvert.policy.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A policy of either API as it is written.
///
/// @param name a ClusterNetworkPolicy has no namespace
/// @param stage that asks it
/// @param priority of a ClusterNetworkPolicy; 0 for others
/// @param subject whom it selects
/// @param directions in which it says something: where a NetworkPolicy isolates, or a ClusterNetworkPolicy has rules
public record SeenPolicy(
        ObjectName name,
        Stage stage,
        int priority,
        PolicyPeer subject,
        Set<Direction> directions,
        List<SeenRule> rules) {

    public SeenPolicy {
        directions = Set.copyOf(directions);
        rules = List.copyOf(rules);
    }

    /// NetworkPolicies by name, then the tiers in the order in which they are asked.
    public static List<SeenPolicy> of(PolicyInputs inputs) {
        return Stream.concat(
                        inputs.networkPolicies().stream()
                                .sorted(Comparator.comparing(NetworkPolicy::name))
                                .map(SeenPolicy::of),
                        inputs.clusterNetworkPolicies().stream()
                                .sorted(Comparator.comparing(ClusterNetworkPolicy::tier)
                                        .thenComparing(ClusterNetworkPolicy.ORDER))
                                .map(SeenPolicy::of))
                .toList();
    }

    private static SeenPolicy of(NetworkPolicy policy) {
        List<SeenRule> rules = new ArrayList<>();
        for (Direction direction : Direction.values()) {
            int index = 0;
            for (NetworkPolicyRule rule : policy.rules(direction)) {
                RuleId id = new RuleId(Stage.NETWORK_POLICY, policy.name(), direction, index++);
                rules.add(new SeenRule(id, "", PolicyAction.ACCEPT, rule.peers(), rule.ports()));
            }
        }
        PolicyPeer subject = new PolicyPeer.OwnNamespacePods(policy.podSelector());
        return new SeenPolicy(policy.name(), Stage.NETWORK_POLICY, 0, subject, policy.policyTypes(), rules);
    }

    private static SeenPolicy of(ClusterNetworkPolicy policy) {
        Stage stage = policy.tier() == PolicyTier.ADMIN ? Stage.ADMIN : Stage.BASELINE;
        ObjectName name = new ObjectName("", policy.name());
        List<SeenRule> rules = new ArrayList<>();
        Set<Direction> directions = EnumSet.noneOf(Direction.class);
        for (Direction direction : Direction.values()) {
            int index = 0;
            for (ClusterNetworkPolicyRule rule : policy.rules(direction)) {
                RuleId id = new RuleId(stage, name, direction, index++);
                rules.add(new SeenRule(id, rule.name(), rule.action(), rule.peers(), rule.protocols()));
                directions.add(direction);
            }
        }
        return new SeenPolicy(name, stage, policy.priority(), policy.subject(), directions, rules);
    }

    public boolean ofNetworkPolicy() {
        return stage == Stage.NETWORK_POLICY;
    }

    /// `NetworkPolicy` or `ClusterNetworkPolicy`
    public String kind() {
        return ofNetworkPolicy() ? "NetworkPolicy" : "ClusterNetworkPolicy";
    }

    /// `Admin` or `Baseline`; empty for a NetworkPolicy.
    public String tier() {
        return switch (stage) {
            case ADMIN -> PolicyTier.ADMIN.apiName();
            case NETWORK_POLICY -> "";
            case BASELINE -> PolicyTier.BASELINE.apiName();
        };
    }

    /// `pods app=web of this namespace`
    public String subjectText() {
        return PolicyText.peer(subject);
    }

    /// Its rules of a direction, in order.
    public List<SeenRule> rules(Direction direction) {
        return rules.stream().filter(rule -> rule.id().direction() == direction).toList();
    }
}
