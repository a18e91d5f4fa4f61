// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.desired.Endpoints.HERE;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ClusterFixture;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Services to frontends (A2) and slices to endpoints (A3).
class ServiceCompilerTest {

    private static final EndpointPort HTTP = new EndpointPort("http", Protocol.TCP, 8080);

    private final ClusterFixture cluster = new ClusterFixture();

    private CompiledService compile(String name) {
        return ServiceCompiler.compile(
                name(name), cluster.state(), new NodeContext(HERE, null), AddressClaims.of(cluster.state()));
    }

    private List<String> backends(String name) {
        return compile(name).ports().stream()
                .flatMap(port -> port.endpoints().backends().stream())
                .map(endpoint -> endpoint.address() + " " + endpoint.port())
                .toList();
    }

    private List<String> frontends(String name) {
        return compile(name).ports().stream()
                .flatMap(port -> port.frontends().stream()
                        .map(frontend -> frontend.key().address() + " "
                                + frontend.key().port() + " " + frontend.key().protocol()))
                .toList();
    }

    @Test
    void A2_01_everyPortOfEveryTypeHasItsClusterIp() {
        for (ServiceType type : List.of(ServiceType.CLUSTER_IP, ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER)) {
            cluster.put(service("web", "10.96.0.1").type(type).port(new ServicePort("dns", Protocol.UDP, 53, 30053)));

            assertThat(frontends("web")).contains("10.96.0.1 80 TCP", "10.96.0.1 53 UDP");
        }
    }

    @Test
    void A2_07_servicesWithoutClusterIpAreSkipped() {
        cluster.put(service("headless"));

        assertThat(compile("headless")).isEqualTo(CompiledService.NOTHING);
    }

    @Test
    void A2_08_externalNameIsSkippedEvenWithAStaleAddress() {
        cluster.put(service("external", "10.96.0.1").type(ServiceType.EXTERNAL_NAME));

        assertThat(compile("external")).isEqualTo(CompiledService.NOTHING);
    }

    @Test
    void A2_10_oneNumberWithTwoProtocolsIsTwoPorts() {
        cluster.put(Service.builder(name("dns"))
                        .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                        .port(new ServicePort("dns", Protocol.UDP, 53, 0))
                        .port(new ServicePort("dns-tcp", Protocol.TCP, 53, 0)))
                .put(slice("dns-1", "dns", new EndpointPort("dns", Protocol.UDP, 5353), at("10.1.0.1")))
                .put(slice("dns-2", "dns", new EndpointPort("dns-tcp", Protocol.TCP, 5354), at("10.1.0.2")));

        assertThat(frontends("dns")).containsExactly("10.96.0.1 53 UDP", "10.96.0.1 53 TCP");
        assertThat(backends("dns")).containsExactly("10.1.0.1 5353", "10.1.0.2 5354");
    }

    @Test
    void A2_26_theEmptyPortNameMatchesTheEmptyPortName() {
        cluster.put(Service.builder(name("web"))
                        .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                        .port(new ServicePort("", Protocol.TCP, 80, 0)))
                .put(slice("web-1", "web", new EndpointPort("", Protocol.TCP, 8080), at("10.1.0.1")))
                .put(slice("web-2", "web", HTTP, at("10.1.0.2")));

        assertThat(backends("web")).containsExactly("10.1.0.1 8080");
    }

    @Test
    void repeatedPortsAreRefusedAndTheOthersServed() {
        cluster.put(service("web", "10.96.0.1")
                .port(new ServicePort("http", Protocol.TCP, 81, 0))
                .port(new ServicePort("again", Protocol.TCP, 80, 0))
                .port(new ServicePort("http", Protocol.UDP, 80, 0)));

        assertThat(frontends("web")).containsExactly("10.96.0.1 80 TCP", "10.96.0.1 80 UDP");
        assertThat(compile("web").conflicts())
                .extracting(ServiceConflict::message)
                .containsExactly("port 81/TCP repeats an earlier port", "port 80/TCP repeats an earlier port");
    }

    @Test
    void A3_01_A18_01_eachFamilyHasItsOwnEndpoints() {
        cluster.put(service("web", "10.96.0.1", "fd00:96::1"))
                .put(slice("web-4", "web", HTTP, at("10.1.0.1")))
                .put(slice("web-6", "web", HTTP, at("fd00:1::1")));

        assertThat(frontends("web")).containsExactly("10.96.0.1 80 TCP", "fd00:96::1 80 TCP");
        assertThat(backends("web")).containsExactly("10.1.0.1 8080", "fd00:1::1 8080");
    }

    @Test
    void A18_02_A18_06_aFamilyWithoutClusterIpHasNothing() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web-6", "web", HTTP, at("fd00:1::1")));

        assertThat(frontends("web")).containsExactly("10.96.0.1 80 TCP");
        assertThat(backends("web")).isEmpty();
    }

    @Test
    void A3_04_slicesAreUnited() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice("web-1", "web", HTTP, at("10.1.0.2"), at("10.1.0.4")))
                .put(slice("web-2", "web", HTTP, at("10.1.0.1")));

        assertThat(backends("web")).containsExactly("10.1.0.1 8080", "10.1.0.2 8080", "10.1.0.4 8080");
    }

    @Test
    void A3_05_portsMatchByNameAndProtocolAndNeverByNumber() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice("web-1", "web", new EndpointPort("http", Protocol.TCP, 1234), at("10.1.0.1")))
                .put(slice("web-2", "web", new EndpointPort("http", Protocol.UDP, 80), at("10.1.0.2")))
                .put(slice("web-3", "web", new EndpointPort("other", Protocol.TCP, 80), at("10.1.0.3")));

        assertThat(backends("web")).containsExactly("10.1.0.1 1234");
    }

    @Test
    void A3_06_eachSliceGivesItsOwnNumber() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice("web-1", "web", new EndpointPort("http", Protocol.TCP, 8080), at("10.1.0.1")))
                .put(slice("web-2", "web", new EndpointPort("http", Protocol.TCP, 9090), at("10.1.0.2")));

        assertThat(backends("web")).containsExactly("10.1.0.1 8080", "10.1.0.2 9090");
    }

    @Test
    void A3_11_A3_12_terminatingIsAFallbackAndNotServingIsNothing() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice(
                        "web",
                        at("10.1.0.1").terminating(),
                        at("10.1.0.2").terminated(),
                        at("10.1.0.3").unready()));
        assertThat(backends("web")).containsExactly("10.1.0.1 8080");

        cluster.put(slice("web", at("10.1.0.1").terminating(), at("10.1.0.4")));
        assertThat(backends("web")).containsExactly("10.1.0.4 8080");
    }

    @Test
    void A3_15_duplicatesAreOneBackendAndNotTerminatingWins() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice("web-1", "web", HTTP, at("10.1.0.1").terminating(), at("10.1.0.2")))
                .put(slice("web-2", "web", HTTP, at("10.1.0.1")));

        assertThat(backends("web")).containsExactly("10.1.0.1 8080", "10.1.0.2 8080");
        assertThat(compile("web").ports().getFirst().endpoints().backends()).allMatch(PortEndpoint::ready);
    }

    @Test
    void A3_15_oneAddressWithTwoNumbersIsTwoBackends() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice("web-1", "web", new EndpointPort("http", Protocol.TCP, 8080), at("10.1.0.1")))
                .put(slice("web-2", "web", new EndpointPort("http", Protocol.TCP, 9090), at("10.1.0.1")));

        assertThat(backends("web")).containsExactly("10.1.0.1 8080", "10.1.0.1 9090");
    }

    @Test
    void A3_16_H_06_amongEqualDuplicatesTheNewestSliceThenTheFirstByNameWins() {
        cluster.put(service("web", "10.96.0.1"))
                .put(dated("web-1", 100, "old"))
                .put(dated("web-3", 200, "third"))
                .put(dated("web-2", 200, "second"));

        assertThat(compile("web").ports().getFirst().endpoints().backends())
                .extracting(endpoint -> endpoint.endpoint().nodeName())
                .containsExactly("second");
    }

    @Test
    void H_06_readyBeatsUnreadyAmongDuplicates() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice("web-1", "web", HTTP, at("10.1.0.1").unready()))
                .put(slice("web-2", "web", HTTP, at("10.1.0.1")));

        assertThat(backends("web")).containsExactly("10.1.0.1 8080");
    }

    private static EndpointSlice dated(String name, long created, String node) {
        Endpoint endpoint = Endpoint.ready(IpAddress.of("10.1.0.1"), node);
        return new EndpointSlice(
                name(name),
                "web",
                IpFamily.IPV4,
                Instant.ofEpochSecond(created),
                List.of(HTTP),
                List.of(endpoint),
                null);
    }

    @Test
    void A3_17_anEndpointWithoutNodeIsRemote() {
        assertThat(localOf(null)).isFalse();
        assertThat(localOf("elsewhere")).isFalse();
        assertThat(localOf(HERE)).isTrue();
    }

    private boolean localOf(@Nullable String node) {
        Endpoint endpoint = new Endpoint(IpAddress.of("10.1.0.1"), true, true, false, node, null, Set.of(), Set.of());
        cluster.put(service("web", "10.96.0.1"))
                .put(new EndpointSlice(
                        name("web-1"), "web", IpFamily.IPV4, Instant.EPOCH, List.of(HTTP), List.of(endpoint), null));
        return compile("web")
                .ports()
                .getFirst()
                .endpoints()
                .backends()
                .getFirst()
                .local();
    }

    @Test
    void A3_19_aSliceThatChangesItsServiceTakesItsEndpointsAlong() {
        cluster.put(service("web", "10.96.0.1")).put(service("api", "10.96.0.2"));
        cluster.put(slice("shared", "web", HTTP, at("10.1.0.1")));
        assertThat(backends("web")).hasSize(1);

        cluster.put(slice("shared", "api", HTTP, at("10.1.0.1")));

        assertThat(backends("web")).isEmpty();
        assertThat(backends("api")).containsExactly("10.1.0.1 8080");
    }

    @Test
    void A1_08_slicesAndServicesArriveInAnyOrder() {
        cluster.put(slice("web", at("10.1.0.1")));
        assertThat(compile("web")).isEqualTo(CompiledService.NOTHING);

        cluster.put(service("web", "10.96.0.1"));
        CompiledService sliceFirst = compile("web");
        cluster.removeSlice("web-1");
        assertThat(backends("web")).isEmpty();
        cluster.put(slice("web", at("10.1.0.1")));

        assertThat(compile("web")).isEqualTo(sliceFirst);
        assertThat(backends("web")).containsExactly("10.1.0.1 8080");
    }

    @Test
    void A4_04_internalTrafficPolicyLocalAsksForTheLocalSet() {
        cluster.put(service("web", "10.96.0.1").internalTrafficPolicy(TrafficPolicy.LOCAL))
                .put(slice("web", at("10.1.0.1"), at("10.1.0.2").local()));

        assertThat(compile("web").ports().getFirst().frontends())
                .containsExactly(new DesiredFrontend(
                        FrontendType.CLUSTER_IP,
                        new FrontendKey(IpAddress.of("10.96.0.1"), 80, Protocol.TCP),
                        Set.of(FrontendFlag.LOCAL_SET)));
        assertThat(backends("web")).containsExactly("10.1.0.2 8080");
    }

    @Test
    void A3_23_fiveThousandEndpointsCostNoMoreThanTheirSorting() {
        Endpoints[] many = IntStream.range(0, 5_000)
                .mapToObj(i -> at("10.1." + i / 250 + "." + i % 250))
                .toArray(Endpoints[]::new);
        cluster.put(service("web", "10.96.0.1")).put(slice("web", many));

        long start = System.nanoTime();
        List<String> backends = backends("web");

        assertThat(backends).hasSize(5_000).doesNotHaveDuplicates();
        // Quadratic work would take some seconds.
        assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
    }
}
