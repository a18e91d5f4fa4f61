// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ClusterFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalGapTest {

    private final ClusterFixture cluster = new ClusterFixture();

    private List<Boolean> internal() {
        return LocalGap.in(cluster.state(), NodeContext.of(Endpoints.HERE, cluster.state())).stream()
                .map(LocalGap::internal)
                .toList();
    }

    @Test
    void A15_07_aLocalPolicyWithEndpointsOnlyElsewhereIsAGap() {
        cluster.put(service("web", "10.96.0.1").internalTrafficPolicy(TrafficPolicy.LOCAL))
                .put(slice("web", at("10.1.0.1")));
        assertThat(internal()).containsExactly(true);

        cluster.put(slice("web", at("10.1.0.1"), at("10.1.0.2").local()));
        assertThat(internal()).isEmpty();

        cluster.removeSlice("web-1");
        assertThat(internal()).as("no endpoint anywhere").isEmpty();
    }

    @Test
    void A15_07_anExternalPolicyCountsWhereSomethingOutsideCanReachThePort() {
        cluster.put(service("web", "10.96.0.1").externalTrafficPolicy(TrafficPolicy.LOCAL))
                .put(slice("web", at("10.1.0.1")));
        assertThat(internal()).isEmpty();

        cluster.put(Service.builder(ClusterFixture.name("web"))
                .type(ServiceType.NODE_PORT)
                .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                .port(new ServicePort("http", Protocol.TCP, 80, 30_080))
                .externalTrafficPolicy(TrafficPolicy.LOCAL)
                .internalTrafficPolicy(TrafficPolicy.LOCAL));
        assertThat(internal()).containsExactlyInAnyOrder(true, false);
    }
}
