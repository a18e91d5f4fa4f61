// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.List;
import java.util.Optional;

/// The tables of this moment, by what flows hold. Called by many threads at once, for each flow that is shown: answers
/// come from snapshots, without a lock and without asking the kernel.
public interface FlowNames {

    /// What all flows of this agent are from: always the same.
    NodeLabel node();

    /// Labels of this node's object, `key=value`, sorted; none where they are not known.
    List<String> nodeLabels();

    /// Who has an address. Of two who had it one after the other, the one with the identity that the flow tells.
    ///
    /// @param identity 0: not told
    Party party(IpAddress address, int identity);

    /// The pod whose processes are in a cgroup, or empty if that is no pod of this node.
    ///
    /// @param cgroup id, as the kernel counts
    Optional<Party> ofCgroup(long cgroup);

    /// The address, in a family, of the pod whose processes are in a cgroup; empty if that is no pod of this node, or
    /// has none of its own.
    ///
    /// @param cgroup id, as the kernel counts
    Optional<IpAddress> addressOfCgroup(long cgroup, IpFamily family);

    /// The Service with this index in `services`, or empty if that is gone.
    Optional<ServiceName> service(int index);

    /// The Service that is reached at an address, or empty if there is none.
    ///
    /// @param protocol number of IANA
    Optional<ServiceName> frontend(IpPort frontend, int protocol);

    /// Whether a Service may be reached at an address, by some port: false where [#frontend] finds none by any.
    boolean hasFrontends(IpAddress address);

    /// The rule with this number, or empty if that is gone.
    Optional<PolicyRule> rule(int rule);

    /// The name of an interface, or empty if that is gone.
    Optional<String> networkInterface(int ifindex);
}
