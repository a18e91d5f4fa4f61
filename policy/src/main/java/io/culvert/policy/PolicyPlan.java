// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The tables of a node, as the datapath will read them. Numbers are indexes of the lists, and dense; they mean nothing
/// beyond this plan. Equal inputs make equal plans.
///
/// @param identities 0 is what is no pod: its entry has no namespace
/// @param ipcache identity by address, without those of nodes; 0 for all others
/// @param classes 0 is the empty one
/// @param cidrs longest-prefix table from address to class, ordered by address and length
/// @param tables 0 is [PortTable#NOTHING]
/// @param sets 0 is of pods that no policy selects
public record PolicyPlan(
        List<Identity> identities,
        Map<IpAddress, Integer> ipcache,
        List<Set<PolicyPeer>> classes,
        List<CidrEntry> cidrs,
        List<PortTable> tables,
        List<PolicySet> sets,
        Map<ObjectName, LocalPod> localPods,
        List<PolicyWarning> warnings) {

    public PolicyPlan {
        identities = List.copyOf(identities);
        ipcache = ipcache instanceof AddressTable.Snapshot ? ipcache : Map.copyOf(ipcache);
        classes = List.copyOf(classes);
        cidrs = List.copyOf(cidrs);
        tables = List.copyOf(tables);
        sets = List.copyOf(sets);
        localPods = Map.copyOf(localPods);
        warnings = List.copyOf(warnings);
    }

    /// Addresses that may have another identity than an earlier plan gave them; all others have the same by the same
    /// number. Few, if this plan was made from the other.
    ///
    /// @param earlier the other's [#ipcache]
    public Set<IpAddress> addressesSince(Map<IpAddress, Integer> earlier) {
        return AddressTable.changed(earlier, ipcache);
    }
}
