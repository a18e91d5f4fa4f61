// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.desired.Endpoints.HERE;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.FrontendType;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What people are shown.
class FrontendViewTest {

    private final LoadBalancerFixture given = new LoadBalancerFixture();
    private final ClusterFixture cluster = given.cluster;

    @Test
    void aViewHasEverythingThatTheListPrints() {
        Endpoint here = new Endpoint(IpAddress.of("10.1.0.3"), true, true, false, HERE, "a", Set.of(), Set.of());
        cluster.put(service("web", "10.96.0.10"))
                .put(new EndpointSlice(
                        name("web-1"),
                        "web",
                        IpFamily.IPV4,
                        Instant.EPOCH,
                        List.of(new EndpointPort("http", Protocol.TCP, 8080)),
                        List.of(here),
                        null));
        given.apply();

        assertThat(given.balancer.frontends()).singleElement().satisfies(view -> {
            assertThat(view.name()).hasToString("default/web:http/TCP over IPv4");
            assertThat(view.type()).isEqualTo(FrontendType.CLUSTER_IP);
            assertThat(view.address()).hasToString("10.96.0.10");
            assertThat(view.port()).isEqualTo(80);
            assertThat(view.algorithm()).hasToString("random");
            assertThat(view.internalTrafficPolicy()).isEqualTo(TrafficPolicy.CLUSTER);
            assertThat(view.backends())
                    .containsExactly(new BackendView(
                            IpAddress.of("10.1.0.3"),
                            8080,
                            BackendView.State.ACTIVE,
                            HERE,
                            "a",
                            true,
                            1,
                            given.ids("10.96.0.10").getOrDefault("10.1.0.3", 0)));
        });
    }

    @Test
    void frontendsAreInTheOrderOfTheContract() {
        cluster.put(service("web", "10.96.0.2", "fd00::1").port(new ServicePort("admin", Protocol.TCP, 81, 0)))
                .put(service("api", "10.96.0.9"));
        given.apply();

        assertThat(given.balancer.frontends())
                .extracting(
                        view -> view.name().service().name() + " " + view.name().portName() + " " + view.address())
                .containsExactly(
                        "api http 10.96.0.9",
                        "web admin 10.96.0.2",
                        "web admin fd00::1",
                        "web http 10.96.0.2",
                        "web http fd00::1");
    }

    @Test
    void onlyBackendsThatNewConnectionsCanBeGivenAreShown() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1"), at("10.1.0.2")));
        given.apply();
        cluster.put(slice("web", at("10.1.0.1").terminating(), at("10.1.0.2")));
        given.apply();
        assertThat(given.extentOf("10.96.0.1").backends())
                .as("it keeps its flows")
                .hasSize(2);
        assertThat(given.balancer.frontends().getFirst().backends())
                .extracting(view -> view.address() + " " + view.state())
                .containsExactly("10.1.0.2 active");

        cluster.put(slice("web", at("10.1.0.1").terminating()));
        given.apply();
        assertThat(given.balancer.frontends().getFirst().backends())
                .extracting(view -> view.address() + " " + view.state())
                .containsExactly("10.1.0.1 terminating");
    }

    @Test
    void aLocalServiceShowsItsLocalBackends() {
        cluster.put(service("web", "10.96.0.1").internalTrafficPolicy(TrafficPolicy.LOCAL))
                .put(slice("web", at("10.1.0.1").local(), at("10.1.0.2")));
        given.apply();

        assertThat(given.balancer.frontends().getFirst().backends())
                .extracting(view -> view.address().toString())
                .containsExactly("10.1.0.1");
    }

    @Test
    void whatTheKernelHoldsIsShownWhileTheNewStateCannotBeWritten() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        given.tables.failure = write -> write.startsWith("publish");
        cluster.put(slice("web", at("10.1.0.2")));
        given.apply();

        assertThat(given.balancer.frontends().getFirst().backends())
                .extracting(view -> view.address().toString())
                .containsExactly("10.1.0.1");
        assertThat(given.status("web").state()).isEqualTo(ServiceStatus.State.ERROR);
    }
}
