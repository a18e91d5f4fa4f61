// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyTier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All policies of the cluster with their rules, in the order in which they are asked.
final class RuleBook {

    /// A NetworkPolicy and its rules.
    record NamespacedEntry(NetworkPolicy policy, Map<Direction, List<Rule>> rules) {}

    /// A ClusterNetworkPolicy and its rules.
    record ClusterEntry(ClusterNetworkPolicy policy, Map<Direction, List<Rule>> rules) {}

    private final Map<String, List<NamespacedEntry>> byNamespace;
    private final Map<PolicyTier, List<ClusterEntry>> byTier = new EnumMap<>(PolicyTier.class);

    RuleBook(List<NetworkPolicy> networkPolicies, List<ClusterNetworkPolicy> clusterNetworkPolicies) {
        byNamespace = networkPolicies.stream()
                .sorted(Comparator.comparing(NetworkPolicy::name))
                .map(policy -> new NamespacedEntry(policy, perDirection(policy)))
                .collect(Collectors.groupingBy(
                        entry -> entry.policy().name().namespace(), TreeMap::new, Collectors.toList()));
        for (PolicyTier tier : PolicyTier.values()) {
            byTier.put(
                    tier,
                    clusterNetworkPolicies.stream()
                            .filter(policy -> policy.tier() == tier)
                            .sorted(ClusterNetworkPolicy.ORDER)
                            .map(policy -> new ClusterEntry(policy, perDirection(policy)))
                            .toList());
        }
    }

    List<NamespacedEntry> of(String namespace) {
        return byNamespace.getOrDefault(namespace, List.of());
    }

    /// All NetworkPolicies by name.
    Stream<NamespacedEntry> networkPolicies() {
        return byNamespace.values().stream().flatMap(List::stream);
    }

    List<ClusterEntry> of(PolicyTier tier) {
        return byTier.getOrDefault(tier, List.of());
    }

    /// Every rule of a direction, whomever it is for.
    Stream<Rule> rules(Direction direction) {
        return Stream.concat(
                networkPolicies().flatMap(entry -> rules(entry.rules(), direction)),
                byTier.values().stream().flatMap(List::stream).flatMap(entry -> rules(entry.rules(), direction)));
    }

    /// Every rule.
    Stream<Rule> rules() {
        return Stream.concat(rules(Direction.INGRESS), rules(Direction.EGRESS));
    }

    private static Stream<Rule> rules(Map<Direction, List<Rule>> rules, Direction direction) {
        return rules.getOrDefault(direction, List.of()).stream();
    }

    private static Map<Direction, List<Rule>> perDirection(NetworkPolicy policy) {
        Map<Direction, List<Rule>> all = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            List<Rule> rules = new ArrayList<>();
            for (NetworkPolicyRule rule : policy.rules(direction)) {
                rules.add(Rule.of(policy.name(), direction, rules.size(), rule));
            }
            all.put(direction, rules);
        }
        return all;
    }

    private static Map<Direction, List<Rule>> perDirection(ClusterNetworkPolicy policy) {
        Stage stage = policy.tier() == PolicyTier.ADMIN ? Stage.ADMIN : Stage.BASELINE;
        ObjectName name = new ObjectName("", policy.name());
        Map<Direction, List<Rule>> all = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            List<Rule> rules = new ArrayList<>();
            for (ClusterNetworkPolicyRule rule : policy.rules(direction)) {
                rules.add(Rule.of(new RuleId(stage, name, direction, rules.size()), rule));
            }
            all.put(direction, rules);
        }
        return all;
    }
}
