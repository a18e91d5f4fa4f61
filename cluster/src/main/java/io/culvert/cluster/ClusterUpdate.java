// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

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
public record ClusterUpdate(
        ClusterState state, Set<ObjectName> services, boolean nodesChanged, boolean podsChanged, boolean complete) {

    public ClusterUpdate {
        services = Set.copyOf(services);
    }

    /// The update that a reader who knows nothing needs: everything is different.
    public static ClusterUpdate everything(ClusterState state, boolean complete) {
        Set<ObjectName> names = new HashSet<>(state.services().keySet());
        names.addAll(state.slicesByService().keySet());
        return new ClusterUpdate(state, names, true, true, complete);
    }
}
