// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static java.util.Objects.requireNonNull;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyTier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// All policies of the cluster with their rules, in the order in which they are asked.
final class RuleBook {

    /// A NetworkPolicy and its rules.
    record NamespacedEntry(NetworkPolicy policy, Map<Direction, List<Rule>> rules) {}

    /// A ClusterNetworkPolicy and its rules.
    record ClusterEntry(ClusterNetworkPolicy policy, Map<Direction, List<Rule>> rules) {}

    private final Map<String, Map<ObjectName, NamespacedEntry>> byNamespace = new TreeMap<>();
    private final Map<PolicyTier, Map<ClusterNetworkPolicy, ClusterEntry>> byTier = new EnumMap<>(PolicyTier.class);

    RuleBook(Collection<NetworkPolicy> networkPolicies, Collection<ClusterNetworkPolicy> clusterNetworkPolicies) {
        for (PolicyTier tier : PolicyTier.values()) {
            byTier.put(tier, new TreeMap<>(ClusterNetworkPolicy.ORDER));
        }
        networkPolicies.forEach(this::put);
        clusterNetworkPolicies.forEach(this::put);
    }

    /// Adds a policy whose name is not here, and returns its rules.
    List<Rule> put(NetworkPolicy policy) {
        NamespacedEntry entry = new NamespacedEntry(policy, perDirection(policy));
        byNamespace
                .computeIfAbsent(policy.name().namespace(), _ -> new TreeMap<>())
                .put(policy.name(), entry);
        return all(entry.rules());
    }

    /// Adds a policy whose name is not here, and returns its rules.
    List<Rule> put(ClusterNetworkPolicy policy) {
        ClusterEntry entry = new ClusterEntry(policy, perDirection(policy));
        tier(policy).put(policy, entry);
        return all(entry.rules());
    }

    /// Takes out a policy that is here, and returns its rules.
    List<Rule> remove(NetworkPolicy policy) {
        String namespace = policy.name().namespace();
        Map<ObjectName, NamespacedEntry> others = requireNonNull(byNamespace.get(namespace));
        NamespacedEntry entry = requireNonNull(others.remove(policy.name()));
        if (others.isEmpty()) {
            byNamespace.remove(namespace);
        }
        return all(entry.rules());
    }

    /// Takes out a policy that is here, and returns its rules.
    List<Rule> remove(ClusterNetworkPolicy policy) {
        return all(requireNonNull(tier(policy).remove(policy)).rules());
    }

    private Map<ClusterNetworkPolicy, ClusterEntry> tier(ClusterNetworkPolicy policy) {
        return requireNonNull(byTier.get(policy.tier()));
    }

    /// The NetworkPolicies of a namespace, by name.
    Collection<NamespacedEntry> of(String namespace) {
        return byNamespace.getOrDefault(namespace, Map.of()).values();
    }

    /// All NetworkPolicies by name.
    Stream<NamespacedEntry> networkPolicies() {
        return byNamespace.values().stream().flatMap(entries -> entries.values().stream());
    }

    /// The NetworkPolicy of a name.
    Optional<NamespacedEntry> networkPolicy(ObjectName name) {
        return Optional.ofNullable(
                byNamespace.getOrDefault(name.namespace(), Map.of()).get(name));
    }

    /// The ClusterNetworkPolicies of a tier, in their order.
    Collection<ClusterEntry> of(PolicyTier tier) {
        return requireNonNull(byTier.get(tier)).values();
    }

    /// Every rule, whomever it is for: those of ingress first.
    Stream<Rule> rules() {
        return Stream.of(Direction.values()).flatMap(this::rules);
    }

    /// Every peer of every rule, once.
    Stream<PolicyPeer> peers() {
        return rules().flatMap(rule -> rule.peers().stream()).distinct();
    }

    private Stream<Rule> rules(Direction direction) {
        return Stream.concat(
                networkPolicies().flatMap(entry -> rules(entry.rules(), direction)),
                byTier.values().stream()
                        .flatMap(entries -> entries.values().stream())
                        .flatMap(entry -> rules(entry.rules(), direction)));
    }

    private static Stream<Rule> rules(Map<Direction, List<Rule>> rules, Direction direction) {
        return rules.getOrDefault(direction, List.of()).stream();
    }

    private static List<Rule> all(Map<Direction, List<Rule>> rules) {
        return rules.values().stream().flatMap(List::stream).toList();
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
