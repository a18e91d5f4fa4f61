// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.desired.Endpoints.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.TrafficPolicy;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A sub-case of upstream's topology test: which endpoints a Service may use from this node. Sets are written as the
/// last numbers of the addresses; `-` means that the set is not asked for.
///
/// @param zone of this node
/// @param external whether the Service has a node port
/// @param elsewhere whether an empty local set means that other nodes have usable endpoints
record TopologyCase(
        String name,
        @Nullable String zone,
        TrafficPolicy internalPolicy,
        TrafficPolicy externalPolicy,
        boolean external,
        List<Endpoints> endpoints,
        String cluster,
        String local,
        boolean elsewhere) {

    /// A Service with both policies Cluster and nothing external.
    static TopologyCase hinted(String name, @Nullable String zone, String cluster, Endpoints... endpoints) {
        return new TopologyCase(
                name,
                zone,
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                false,
                List.of(endpoints),
                cluster,
                "-",
                false);
    }

    /// A Service seen from zone `a`.
    static TopologyCase policies(
            String name,
            TrafficPolicy internal,
            TrafficPolicy external,
            boolean reachable,
            String cluster,
            String local,
            boolean elsewhere,
            Endpoints... endpoints) {
        return new TopologyCase(
                name, "a", internal, external, reachable, List.of(endpoints), cluster, local, elsewhere);
    }

    void check() {
        TrafficSets asked = TrafficSets.of(internalPolicy, externalPolicy, external);

        EndpointSets sets = EndpointSets.of(
                endpoints.stream().map(Endpoints::onPort80).toList(), asked, new NodeContext(HERE, zone));

        assertThat(asked.cluster() ? numbers(sets.clusterSet()) : "-").isEqualTo(cluster);
        assertThat(asked.local() ? numbers(sets.localSet()) : "-").isEqualTo(local);
        assertThat(sets.endpointsElsewhere()).isEqualTo(elsewhere);
        assertThat(Set.copyOf(sets.backends())).hasSameSizeAs(sets.backends());
    }

    private static String numbers(List<PortEndpoint> chosen) {
        return chosen.stream()
                .map(endpoint -> endpoint.address().toString().replaceAll(".*\\.", ""))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Override
    public String toString() {
        return name;
    }
}
