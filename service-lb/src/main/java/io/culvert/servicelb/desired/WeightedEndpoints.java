// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.Service;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The endpoints of the ports of one Service, with the weights that it asks for.
final class WeightedEndpoints {

    private final Collection<EndpointSlice> slices;
    private final NodeContext node;
    private final Optional<Weights> weights;
    private final Optional<Function<PortEndpoint, Map<String, String>>> labels;

    WeightedEndpoints(Service service, ClusterState state, NodeContext node, Optional<Weights> weights) {
        this.slices = state.slices(service.name());
        this.node = node;
        this.weights = weights;
        this.labels = weights.filter(asked -> !asked.label().isEmpty())
                .flatMap(_ -> PodLabels.of(service.name().namespace(), state));
    }

    EndpointSets of(ServicePortName port, TrafficSets sets) {
        List<PortEndpoint> endpoints = EndpointUnion.of(port, slices, node.nodeName());
        return EndpointSets.of(
                weights.map(asked -> asked.assign(endpoints, labels)).orElse(endpoints), sets, node);
    }
}
