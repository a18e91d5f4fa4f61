// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.Problem;
import io.culvert.cluster.policy.PolicyChanges;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells [NodePolicies] what the cluster says, unless the API server withholds what that depends on: then what is in
/// force stays, and Services do not wait for it.
public final class PolicyFeed {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyFeed.class);
    private static final Problem HELD = Problem.error(
            "policies",
            "rules of ClusterNetworkPolicies are in force from before this start, and the agent may not read any now,"
                    + " so no change of policies is enforced",
            "let the agent list and watch clusternetworkpolicies");

    private final NodePolicies policies;
    private final ClusterStore store;
    private final Supplier<Set<String>> withheld;
    private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
    private boolean begun;
    private boolean held;

    /// @param withheld kinds in the plural that policies need and nobody shows
    public PolicyFeed(NodePolicies policies, ClusterStore store, Supplier<Set<String>> withheld) {
        this.policies = policies;
        this.store = store;
        this.withheld = withheld;
    }

    /// Follows the cluster from its first complete state on.
    public void start() {
        store.subscribePolicies(this::take);
    }

    /// Completes when policies are in force, or when it is known that what they need may not be read.
    public CompletableFuture<Boolean> settled() {
        return settled;
    }

    private synchronized void take(ClusterUpdate update) {
        if (!begun && clusterPoliciesWithheld() && policies.clusterPoliciesAreInForce()) {
            if (!held) {
                LOG.error("{}", HELD);
            }
            held = true;
        } else if (!held) {
            begin(update);
        }
    }

    /// Looks whether what was withheld may be read meanwhile. To be called from time to time.
    public synchronized void maintain() {
        if (held && !clusterPoliciesWithheld()) {
            ClusterState state = store.state();
            begin(new ClusterUpdate(state, Set.of(), false, false, true, PolicyChanges.EVERYTHING));
            held = false;
            LOG.info("resolved: {}", HELD);
        }
        if (!withheld.get().isEmpty()) {
            boolean _ = settled.complete(false);
        }
    }

    private void begin(ClusterUpdate update) {
        policies.apply(update);
        begun = true;
        boolean _ = settled.complete(true);
    }

    private boolean clusterPoliciesWithheld() {
        return withheld.get().contains("clusternetworkpolicies");
    }

    /// What a user should put right about what is withheld, beside giving the right to read it.
    public synchronized Optional<Problem> problem() {
        return held ? Optional.of(HELD) : Optional.empty();
    }

    /// What is enforced, and as the reason why not all is, what may not be read.
    public PolicyStatus status() {
        Set<String> kinds = withheld.get();
        PolicyStatus status = policies.status();
        return kinds.isEmpty() || !status.refused().isEmpty()
                ? status
                : status.refused("may not read "
                        + String.join(", ", kinds.stream().sorted().toList()));
    }
}
