// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyTier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds what the authors of policies may not expect.
final class Warnings {

    private final RuleBook rules;
    private final Selector selector;
    private final List<PolicyPod> inHostNetwork;
    private final Map<ObjectName, List<PolicyWarning>> ofNetworkPolicies = new TreeMap<>();
    private List<PolicyWarning> ofClusterPolicies = List.of();
    private List<PolicyWarning> found = new ArrayList<>();

    /// @param running pods of this node
    Warnings(RuleBook rules, Selector selector, Collection<PolicyPod> running) {
        this.rules = rules;
        this.selector = selector;
        inHostNetwork = running.stream().filter(PolicyPod::hostNetwork).toList();
        rules.networkPolicies().forEach(this::note);
        compareClusterPolicies();
    }

    /// Takes note of policies that came, changed or went.
    void follow(PolicyChanges changes) {
        for (ObjectName name : changes.of(ObjectKind.NETWORK_POLICY)) {
            ofNetworkPolicies.remove(name);
            rules.networkPolicy(name).ifPresent(this::note);
        }
        if (!changes.of(ObjectKind.CLUSTER_NETWORK_POLICY).isEmpty()) {
            compareClusterPolicies();
        }
    }

    /// Namespaced policies by name, then those of the cluster in their order.
    List<PolicyWarning> all() {
        List<PolicyWarning> all = new ArrayList<>();
        ofNetworkPolicies.values().forEach(all::addAll);
        all.addAll(ofClusterPolicies);
        return all;
    }

    private void note(RuleBook.NamespacedEntry entry) {
        found = new ArrayList<>();
        check(entry);
        if (!found.isEmpty()) {
            ofNetworkPolicies.put(entry.policy().name(), found);
        }
    }

    private void compareClusterPolicies() {
        found = new ArrayList<>();
        for (PolicyTier tier : PolicyTier.values()) {
            @Nullable ClusterNetworkPolicy before = null;
            for (RuleBook.ClusterEntry entry : rules.of(tier)) {
                check(entry);
                if (before != null) {
                    comparePriorities(before, entry.policy());
                }
                before = entry.policy();
            }
        }
        ofClusterPolicies = found;
    }

    private void check(RuleBook.NamespacedEntry entry) {
        NetworkPolicy policy = entry.policy();
        hostNetwork(
                policy.name(),
                pod -> pod.name().namespace().equals(policy.name().namespace()) && selector.selects(entry, pod));
        for (Direction direction : Direction.values()) {
            List<NetworkPolicyRule> all = policy.rules(direction);
            for (int i = 0; i < all.size(); i++) {
                RuleId rule = new RuleId(Stage.NETWORK_POLICY, policy.name(), direction, i);
                unknown(all.get(i).peers(), all.get(i).ports())
                        .forEach(what -> warn(rule, what + "; it allows nothing"));
            }
        }
    }

    private void check(RuleBook.ClusterEntry entry) {
        ClusterNetworkPolicy policy = entry.policy();
        ObjectName name = new ObjectName("", policy.name());
        hostNetwork(name, pod -> selector.selects(entry, pod));
        Stage stage = policy.tier() == PolicyTier.ADMIN ? Stage.ADMIN : Stage.BASELINE;
        for (Direction direction : Direction.values()) {
            List<ClusterNetworkPolicyRule> all = policy.rules(direction);
            for (int i = 0; i < all.size(); i++) {
                check(new RuleId(stage, name, direction, i), all.get(i));
            }
        }
    }

    private void check(RuleId id, ClusterNetworkPolicyRule rule) {
        if (rule.understood()) {
            return;
        }
        String effect =
                rule.action() == PolicyAction.ACCEPT ? "the rule accepts nothing" : "the rule denies everything";
        if (rule.peers().isEmpty()) {
            warn(id, "it has no peers; " + effect);
        }
        unknown(rule.peers(), rule.protocols()).forEach(what -> warn(id, what + "; " + effect));
    }

    private void comparePriorities(ClusterNetworkPolicy first, ClusterNetworkPolicy second) {
        if (first.priority() == second.priority()) {
            String reason = first.created().equals(second.created()) ? "by its name" : "because it is older";
            found.add(new PolicyWarning(
                    new ObjectName("", second.name()),
                    "priority " + second.priority() + " is also that of " + first.name() + ", which is asked first "
                            + reason + "; give them different priorities"));
        }
    }

    private void hostNetwork(ObjectName policy, Predicate<PolicyPod> selected) {
        long count = inHostNetwork.stream().filter(selected).count();
        if (count > 0) {
            found.add(new PolicyWarning(
                    policy, "selects " + count + " pods in this node's network, where it has no effect"));
        }
    }

    private void warn(RuleId rule, String message) {
        String direction = rule.direction().apiName().toLowerCase(Locale.ROOT);
        found.add(new PolicyWarning(rule.policy(), direction + "[" + rule.index() + "]: " + message));
    }

    private static Stream<String> unknown(List<PolicyPeer> peers, List<PolicyPort> ports) {
        return Stream.concat(
                peers.stream()
                        .filter(PolicyPeer.Unknown.class::isInstance)
                        .map(peer -> ((PolicyPeer.Unknown) peer).what()),
                ports.stream()
                        .filter(PolicyPort.Unknown.class::isInstance)
                        .map(port -> ((PolicyPort.Unknown) port).what()));
    }
}
