// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.cluster.policy.PolicyState;
import java.util.Collection;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// What the cluster wants, at one moment. Immutable; versions share what did not change.
///
/// @param slicesByService slices by the Service they name, then by the slice's own name; a Service without slices is
///     not a key, and a key need not be an existing Service
/// @param nodes by name
/// @param pods of this node; of all nodes where manifests have them
/// @param serviceCidrs by name
/// @param policies what policies need, of the whole cluster; empty where none are followed
public record ClusterState(
        PMap<ObjectName, Service> services,
        PMap<ObjectName, PMap<String, EndpointSlice>> slicesByService,
        PMap<String, Node> nodes,
        PMap<ObjectName, Pod> pods,
        PMap<String, ServiceCidr> serviceCidrs,
        PolicyState policies) {

    public static final ClusterState EMPTY =
            new ClusterState(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

    /// A state without ServiceCIDRs and policies.
    public ClusterState(
            PMap<ObjectName, Service> services,
            PMap<ObjectName, PMap<String, EndpointSlice>> slicesByService,
            PMap<String, Node> nodes,
            PMap<ObjectName, Pod> pods) {
        this(services, slicesByService, nodes, pods, HashTreePMap.empty(), PolicyState.EMPTY);
    }

    public ClusterState withServices(PMap<ObjectName, Service> other) {
        return new ClusterState(other, slicesByService, nodes, pods, serviceCidrs, policies);
    }

    public ClusterState withSlices(PMap<ObjectName, PMap<String, EndpointSlice>> other) {
        return new ClusterState(services, other, nodes, pods, serviceCidrs, policies);
    }

    public ClusterState withNodes(PMap<String, Node> other) {
        return new ClusterState(services, slicesByService, other, pods, serviceCidrs, policies);
    }

    public ClusterState withPods(PMap<ObjectName, Pod> other) {
        return new ClusterState(services, slicesByService, nodes, other, serviceCidrs, policies);
    }

    public ClusterState withServiceCidrs(PMap<String, ServiceCidr> other) {
        return new ClusterState(services, slicesByService, nodes, pods, other, policies);
    }

    public ClusterState withPolicies(PolicyState other) {
        return new ClusterState(services, slicesByService, nodes, pods, serviceCidrs, other);
    }

    public Optional<Service> service(ObjectName name) {
        return Optional.ofNullable(services.get(name));
    }

    /// The slices of a Service, in no order.
    public Collection<EndpointSlice> slices(ObjectName service) {
        return slicesByService.getOrDefault(service, HashTreePMap.empty()).values();
    }

    public Optional<Node> node(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    public Optional<Pod> pod(ObjectName name) {
        return Optional.ofNullable(pods.get(name));
    }
}
