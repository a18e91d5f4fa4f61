// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import java.util.List;
import java.util.Set;

/// A rule within a policy set: its rank, whom it is for, and the ports that are known without knowing the peer.
///
/// @param named whether there are others, which depend on the peer's own port names
record BoundRule(Rule rule, int rank, Reach reach, List<PortInterval> ports, boolean named) {

    /// What it adds to the tables of everyone whom no table names, and of those that have their own.
    Contribution fixed() {
        return contribution(ports);
    }

    /// What it adds to the table of an identity, as far as that follows from the identity.
    Contribution at(int number, Identity identity) {
        boolean holds = reach.holds(number);
        List<PortInterval> own = holds ? ports : List.of();
        if (named && (holds || reach.atBlocks().get(number))) {
            own = RulePorts.union(own, RulePorts.named(rule, identity.ports()));
        }
        return contribution(own);
    }

    /// A rule whose port names are those of the pod that is selected: they are known then.
    static BoundRule ingress(Rule rule, int rank, Reach reach, Set<ContainerPort> ports) {
        return new BoundRule(
                rule, rank, reach, RulePorts.union(RulePorts.fixed(rule), RulePorts.named(rule, ports)), false);
    }

    /// A rule whose port names are those of the peer.
    static BoundRule egress(Rule rule, int rank, Reach reach) {
        return new BoundRule(rule, rank, reach, RulePorts.fixed(rule), rule.namesPorts());
    }

    private Contribution contribution(List<PortInterval> ports) {
        return new Contribution(rule.id().stage(), rank, rule.action(), ports);
    }
}
