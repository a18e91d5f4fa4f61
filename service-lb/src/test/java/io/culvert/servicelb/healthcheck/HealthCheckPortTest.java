// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.healthcheck;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ClusterFixture;
import io.culvert.servicelb.desired.Endpoints;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which Services have a health check port, and what it says.
class HealthCheckPortTest {

    private final ClusterFixture cluster = new ClusterFixture();

    private static ServiceBuilder local(String... clusterIps) {
        return service("web", clusterIps)
                .type(ServiceType.LOAD_BALANCER)
                .externalTrafficPolicy(TrafficPolicy.LOCAL)
                .healthCheckNodePort(32_000);
    }

    private Optional<HealthCheckPort> port() {
        return HealthCheckPort.of(ClusterFixture.name("web"), cluster.state(), Endpoints.HERE);
    }

    private int count() {
        return port().orElseThrow().localEndpoints(IpFamily.IPV4);
    }

    @Test
    void A11_01_A11_02_onlyReadyEndpointsOfThisNodeCount() {
        cluster.put(local("10.96.0.1"))
                .put(slice("web", at("10.1.0.1"), at("10.1.0.2").local().unready()));
        assertThat(count()).isZero();

        cluster.put(slice("web", at("10.1.0.1"), at("10.1.0.2").local()));
        assertThat(count()).isEqualTo(1);
        assertThat(port().orElseThrow().port()).isEqualTo(32_000);
    }

    @Test
    void A11_03_terminatingEndpointsDoNotCountThoughTheyServe() {
        cluster.put(local("10.96.0.1")).put(slice("web", at("10.1.0.1").local().terminating()));

        assertThat(count()).isZero();
    }

    @Test
    void A11_05_aPodWithSeveralPortsOrInSeveralSlicesCountsOnce() {
        cluster.put(local("10.96.0.1").port(new ServicePort("admin", Protocol.TCP, 81, 0)))
                .put(slice("web", at("10.1.0.1").local(), at("10.1.0.2").local()))
                .put(slice(
                        "web-2",
                        "web",
                        new EndpointPort("admin", Protocol.TCP, 9_000),
                        at("10.1.0.1").local()));

        assertThat(count()).isEqualTo(2);
    }

    @Test
    void A11_11_eachFamilyHasItsOwnCount() {
        cluster.put(local("10.96.0.1", "fd00:96::1"))
                .put(slice("web", at("10.1.0.1").local(), at("10.1.0.2").local()))
                .put(slice(
                        "web-6",
                        "web",
                        new EndpointPort("http", Protocol.TCP, 8080),
                        at("fd00:1::1").local()));

        assertThat(port().orElseThrow().localEndpoints()).isEqualTo(Map.of(IpFamily.IPV4, 2, IpFamily.IPV6, 1));
    }

    @Test
    void A2_19_otherTypesAndPoliciesHaveNoneEvenWithTheFieldSet() {
        cluster.put(local("10.96.0.1").type(ServiceType.NODE_PORT));
        assertThat(port()).isEmpty();

        cluster.put(local("10.96.0.1").externalTrafficPolicy(TrafficPolicy.CLUSTER));
        assertThat(port()).isEmpty();

        cluster.put(local("10.96.0.1").type(ServiceType.EXTERNAL_NAME));
        assertThat(port()).isEmpty();

        cluster.put(local());
        assertThat(port()).as("headless").isEmpty();

        cluster.removeService("web");
        assertThat(port()).isEmpty();
    }

    @Test
    void A2_20_aMissingPortIsToldApartFromAServiceThatNeedsNone() {
        cluster.put(local("10.96.0.1").healthCheckNodePort(0));

        assertThat(port().orElseThrow().allocated()).isFalse();
    }

    @Test
    void A2_15_aLoadBalancerWithoutNodePortsHasItsHealthCheckPort() {
        cluster.put(local("10.96.0.1")).put(slice("web", at("10.1.0.1").local()));

        assertThat(cluster.state()
                        .service(ClusterFixture.name("web"))
                        .orElseThrow()
                        .ports())
                .allMatch(port -> port.nodePort() == 0);
        assertThat(port().orElseThrow().allocated()).isTrue();
        assertThat(count()).isEqualTo(1);
    }
}
