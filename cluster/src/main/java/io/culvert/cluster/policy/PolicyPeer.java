// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.List;

/// One element of a rule's `from` or `to`: who the other end may be. Elements of a list are alternatives.
public sealed interface PolicyPeer {

    /// `podSelector` alone, in a NetworkPolicy: pods of the policy's own namespace.
    record OwnNamespacePods(LabelSelector pods) implements PolicyPeer {}

    /// `namespaceSelector`, with or without `podSelector`; in a ClusterNetworkPolicy `namespaces` or `pods`.
    record SelectedPods(LabelSelector namespaces, LabelSelector pods) implements PolicyPeer {}

    /// `ipBlock`, or one entry of a ClusterNetworkPolicy's `networks`: addresses, whoever has them.
    ///
    /// @param except blocks that are taken out of this element, not out of the rule
    record IpBlock(IpPrefix cidr, List<IpPrefix> except) implements PolicyPeer {

        public IpBlock {
            except = List.copyOf(except);
        }

        public boolean contains(IpAddress address) {
            return cidr.contains(address) && except.stream().noneMatch(block -> block.contains(address));
        }
    }

    /// `nodes` of a ClusterNetworkPolicy's egress rule: every address in the status of the nodes selected.
    record SelectedNodes(LabelSelector nodes) implements PolicyPeer {}

    /// A kind of peer that this version does not know, or that it cannot read.
    ///
    /// @param what is wrong with it, for messages
    record Unknown(String what) implements PolicyPeer {}
}
