// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.servicelb.desired.Weights;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Pods of the whole cluster, for the Services whose weights go by their labels. They come on their own way, which may
/// be ahead of that of Services, and are complete or not there.
final class LabelWeights {

    private PolicyState pods = PolicyState.EMPTY;
    private final Set<ObjectName> services = new HashSet<>();

    /// What an update of Services says, with the pods that are known.
    ClusterState state(ClusterUpdate update) {
        for (ObjectName name : update.services()) {
            if (update.state().service(name).filter(Weights::byPodLabel).isPresent()) {
                services.add(name);
            } else {
                services.remove(name);
            }
        }
        return withPods(update.state());
    }

    ClusterState withPods(ClusterState state) {
        return state.withPolicies(pods);
    }

    /// Takes the pods of an update of policies.
    ///
    /// @return the Services that may have other weights now
    Set<ObjectName> podsChanged(ClusterUpdate update) {
        pods = update.state().policies();
        PolicyChanges changes = update.policies();
        if (changes.everything()) {
            return Set.copyOf(services);
        }
        Set<String> namespaces =
                changes.of(ObjectKind.POD).stream().map(ObjectName::namespace).collect(Collectors.toSet());
        return services.stream()
                .filter(service -> namespaces.contains(service.namespace()))
                .collect(Collectors.toSet());
    }
}
