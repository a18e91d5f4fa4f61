// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All policies of the cluster and what they mean together, followed policy by policy.
final class LivePolicies {

    private final RuleBook rules;
    private final Distinctions distinctions = new Distinctions();

    /// Peers that are addresses.
    private final Counts<PolicyPeer> blocks = new Counts<>();

    LivePolicies(PolicyState state) {
        rules = new RuleBook(
                state.networkPolicies().values(), state.clusterNetworkPolicies().values());
        rules.rules().forEach(rule -> count(rule, 1));
        boolean _ = tellsOthersApart();
        boolean _ = namesOtherBlocks();
    }

    RuleBook rules() {
        return rules;
    }

    Distinctions distinctions() {
        return distinctions;
    }

    /// Every peer that is addresses.
    Set<PolicyPeer> blocks() {
        return blocks.members();
    }

    /// Whether pods may have other identities than when this was last asked.
    boolean tellsOthersApart() {
        return distinctions.takeChanged();
    }

    /// Whether [#blocks] are others than when this was last asked.
    boolean namesOtherBlocks() {
        return blocks.takeChanged();
    }

    /// Takes the next state.
    void update(PolicyState before, PolicyState next, PolicyChanges changes) {
        List<Rule> gone = new ArrayList<>();
        List<Rule> added = new ArrayList<>();
        for (ObjectName name : changes.of(ObjectKind.NETWORK_POLICY)) {
            @Nullable NetworkPolicy old = before.networkPolicies().get(name);
            @Nullable NetworkPolicy now = next.networkPolicies().get(name);
            gone.addAll(old == null ? List.of() : rules.remove(old));
            added.addAll(now == null ? List.of() : rules.put(now));
        }
        for (ObjectName name : changes.of(ObjectKind.CLUSTER_NETWORK_POLICY)) {
            @Nullable ClusterNetworkPolicy old = before.clusterNetworkPolicies().get(name.name());
            @Nullable ClusterNetworkPolicy now = next.clusterNetworkPolicies().get(name.name());
            gone.addAll(old == null ? List.of() : rules.remove(old));
            added.addAll(now == null ? List.of() : rules.put(now));
        }
        // What both name does not come and go.
        added.forEach(rule -> count(rule, 1));
        gone.forEach(rule -> count(rule, -1));
    }

    private void count(Rule rule, int by) {
        distinctions.count(rule, by);
        for (PolicyPeer peer : rule.peers()) {
            if (CidrClasses.areOf(peer)) {
                blocks.count(peer, by);
            }
        }
    }
}
