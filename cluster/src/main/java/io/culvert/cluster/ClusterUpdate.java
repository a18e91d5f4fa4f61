// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.cluster.policy.PolicyChanges;
import java.util.HashSet;
import java.util.Set;

/// A new state, and what is different from the state of the update before.
///
/// @param services names of the Services that changed, came or went, or whose slices did; those not in
///     [ClusterState#services] are gone or never existed
/// @param nodesChanged whether any Node is different
/// @param podsChanged whether any Pod is different
/// @param complete whether every source has given its first complete list. Without it nothing may be programmed or
///     removed; [ClusterStore] delivers only complete updates
/// @param policies what is different of [ClusterState#policies]; nothing for subscribers to Services
public record ClusterUpdate(
        ClusterState state,
        Set<ObjectName> services,
        boolean nodesChanged,
        boolean podsChanged,
        boolean complete,
        PolicyChanges policies) {

    public ClusterUpdate {
        services = Set.copyOf(services);
    }

    /// An update that changes nothing about policies.
    public ClusterUpdate(
            ClusterState state, Set<ObjectName> services, boolean nodesChanged, boolean podsChanged, boolean complete) {
        this(state, services, nodesChanged, podsChanged, complete, PolicyChanges.NONE);
    }

    /// The update that a reader who knows nothing needs: everything is different.
    public static ClusterUpdate everything(ClusterState state, boolean complete) {
        Set<ObjectName> names = new HashSet<>(state.services().keySet());
        names.addAll(state.slicesByService().keySet());
        return new ClusterUpdate(state, names, true, true, complete, PolicyChanges.EVERYTHING);
    }
}
