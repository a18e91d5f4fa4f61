// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.LoadBalancerFixture.http;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.SessionAffinity;
import io.culvert.cluster.SourceRanges;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Live Services that change what they are reached at.
class OutsideChangesTest {

    private static final String VIP = "192.0.2.1";

    private final LoadBalancerFixture given = new LoadBalancerFixture();
    private final ClusterFixture cluster = given.cluster;

    private static ServiceBuilder web(ServiceType type, ServicePort... ports) {
        ServiceBuilder web = Service.builder(name("web")).type(type).clusterIps(List.of(IpAddress.of("10.96.0.1")));
        Stream.of(ports).forEach(web::port);
        return web;
    }

    private static ServicePort port(String name, int number, int nodePort) {
        return new ServicePort(name, Protocol.TCP, number, nodePort);
    }

    private static SourceRanges ranges(String... prefixes) {
        return new SourceRanges(
                Stream.of(prefixes)
                        .map(text -> IpPrefix.parse(text).orElseThrow())
                        .toList(),
                0);
    }

    private static LoadBalancerIngress vip() {
        return new LoadBalancerIngress(IpAddress.of(VIP), true);
    }

    private List<String> keys() {
        return given.tables.frontends.keySet().stream()
                .map(FrontendKey::toString)
                .toList();
    }

    private List<String> ranges() {
        return given.tables.sourceRanges.stream()
                .map(range -> range.range().toString())
                .sorted()
                .toList();
    }

    private void change(ServiceBuilder service) {
        cluster.put(service);
        given.apply();
    }

    @Test
    void A2_09_A10_13_frontendsFollowTheTypeBackAndForth() {
        cluster.put(slice("web", at("10.1.0.1")));
        change(web(ServiceType.CLUSTER_IP, port("http", 80, 0)));
        int index = given.index(http("10.96.0.1"));

        change(web(ServiceType.NODE_PORT, port("http", 80, 30080)));
        assertThat(keys()).containsExactly("TCP 0.0.0.0:30080", "TCP 10.96.0.1:80");

        change(web(ServiceType.LOAD_BALANCER, port("http", 80, 30081)).ingress(List.of(vip())));
        assertThat(keys()).containsExactly("TCP 0.0.0.0:30081", "TCP 10.96.0.1:80", "TCP 192.0.2.1:80");
        assertThat(given.tables.frontends.values()).as("one index").allMatch(f -> f.service() == index);

        change(web(ServiceType.CLUSTER_IP, port("http", 80, 0)));
        assertThat(keys()).containsExactly("TCP 10.96.0.1:80");

        change(web(ServiceType.EXTERNAL_NAME, port("http", 80, 0)));
        assertThat(keys()).isEmpty();
        change(web(ServiceType.NODE_PORT, port("http", 80, 30080)));
        assertThat(keys()).containsExactly("TCP 0.0.0.0:30080", "TCP 10.96.0.1:80");
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");
    }

    @Test
    void A2_11_A2_12_aRenamedPortIsAnotherPortAndItsNodePortStays() {
        cluster.put(slice("web-1", "web", new EndpointPort("new", Protocol.TCP, 9090), at("10.1.0.1")));
        cluster.put(slice("web-2", "web", new EndpointPort("old", Protocol.TCP, 8080), at("10.1.0.1")));
        change(web(ServiceType.NODE_PORT, port("old", 80, 30080)));
        FrontendKey nodePort = given.tables.frontends.keySet().iterator().next();
        assertThat(given.tables.choices(nodePort))
                .extracting(InMemoryTables.Choice::port)
                .containsExactly(8080);

        change(web(ServiceType.NODE_PORT, port("new", 80, 30080)));
        assertThat(given.tables.choices(nodePort))
                .extracting(InMemoryTables.Choice::port)
                .containsExactly(9090);
        given.settle();
        assertThat(given.tables.extents).hasSize(1);
    }

    @Test
    void A2_10_aPortThatChangesItsProtocolIsServedUnderTheNewOneOnly() {
        change(web(ServiceType.NODE_PORT, port("http", 80, 30080)));
        change(web(ServiceType.NODE_PORT, new ServicePort("http", Protocol.SCTP, 80, 30080)));

        assertThat(keys()).containsExactly("SCTP 0.0.0.0:30080", "SCTP 10.96.0.1:80");
    }

    @Test
    void A18_09_aFamilyThatIsTakenAwayTakesItsFrontendsAlong() {
        ServiceBuilder dual = web(ServiceType.NODE_PORT, port("http", 80, 30080))
                .clusterIps(List.of(IpAddress.of("10.96.0.1"), IpAddress.of("fd00:96::1")));
        change(dual);
        assertThat(keys()).contains("TCP [::]:30080", "TCP [fd00:96::1]:80");

        change(dual.clusterIps(List.of(IpAddress.of("fd00:96::1"))));
        assertThat(keys()).containsExactly("TCP [::]:30080", "TCP [fd00:96::1]:80");
    }

    @Test
    void A2_23_H_12_ofADeletedServiceNothingStays() {
        cluster.put(slice("web", at("10.1.0.1")));
        change(web(ServiceType.LOAD_BALANCER, port("http", 80, 30080))
                .ingress(List.of(vip()))
                .sourceRanges(ranges("198.51.100.0/24")));
        assertThat(ranges()).containsExactly("198.51.100.0/24");

        cluster.removeService("web");
        given.apply();
        assertThat(keys()).isEmpty();
        assertThat(ranges()).isEmpty();
        assertThat(given.tables.backends)
                .as("UDP flows look for another backend")
                .isEmpty();
        given.settle();
        assertThat(given.tables.extents).isEmpty();
    }

    @Test
    void A2_24_aServiceThatComesBackWithAnotherAddressIsServedThereOnly() {
        cluster.put(slice("web", at("10.1.0.1")));
        change(service("web", "10.96.0.1"));
        cluster.removeService("web");
        given.apply();
        change(service("web", "10.96.0.2"));

        assertThat(keys()).containsExactly("TCP 10.96.0.2:80");
        assertThat(given.chosen("10.96.0.2")).containsExactly("10.1.0.1");
    }

    @Test
    void A9_10_A9_17_rangesAndIpModeFollowTheService() {
        ServiceBuilder web = web(ServiceType.LOAD_BALANCER, port("http", 80, 0)).ingress(List.of(vip()));
        change(web.sourceRanges(ranges("198.51.100.0/24", "203.0.113.0/24")));
        assertThat(ranges()).containsExactly("198.51.100.0/24", "203.0.113.0/24");

        change(web.sourceRanges(ranges("203.0.113.0/24", "192.0.2.0/25")));
        assertThat(ranges()).containsExactly("192.0.2.0/25", "203.0.113.0/24");

        change(web.ingress(List.of(new LoadBalancerIngress(IpAddress.of(VIP), false))));
        assertThat(keys()).containsExactly("TCP 10.96.0.1:80");
        assertThat(ranges()).isEmpty();
    }

    @Test
    void A9_02_rangesAreThereBeforeAFrontendAsksForThemAndGoAfterIt() {
        ServiceBuilder web = web(ServiceType.LOAD_BALANCER, port("http", 80, 0)).ingress(List.of(vip()));
        change(web);
        given.tables.observer = () -> {
            Frontend frontend = given.tables.frontends.get(http(VIP));
            boolean asks = frontend != null && frontend.has(FrontendFlag.SOURCE_RANGES);
            assertThat(!asks || ranges().contains("203.0.113.0/24")).isTrue();
        };
        change(web.sourceRanges(ranges("203.0.113.0/24")));
        change(web.sourceRanges(ranges("203.0.113.0/24", "198.51.100.0/24")));
        change(web.sourceRanges(SourceRanges.NONE));
        assertThat(ranges()).isEmpty();
    }

    @Test
    void A8_05_affinityFollowsTheService() {
        cluster.put(slice("web", at("10.1.0.1")));
        ServiceBuilder web = web(ServiceType.NODE_PORT, port("http", 80, 30080));
        change(web);
        assertThat(given.extentOf("10.96.0.1").affinitySeconds()).isZero();

        change(web.sessionAffinity(new SessionAffinity.ClientIp(Duration.ofSeconds(7))));
        assertThat(given.extentOf("10.96.0.1").affinitySeconds()).isEqualTo(7);
        assertThat(given.extentOf("10.96.0.1").plain()).isFalse();

        change(web.sessionAffinity(SessionAffinity.NONE));
        assertThat(given.extentOf("10.96.0.1").plain()).isTrue();
    }

    @Test
    void A8_06_A8_07_affinityIsOfAServicePortAndNotOfAnAddress() {
        change(web(ServiceType.LOAD_BALANCER, port("http", 80, 30080), port("admin", 81, 30081))
                .ingress(List.of(vip())));

        Map<FrontendKey, Frontend> frontends = given.tables.frontends;
        assertThat(frontends.values().stream().map(Frontend::service).distinct())
                .hasSize(2);
        assertThat(frontends.entrySet().stream()
                        .filter(entry ->
                                List.of(80, 30080).contains(entry.getKey().port()))
                        .map(entry -> entry.getValue().service())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void A3_18_anEndpointThatMovesBetweenSlicesKeepsItsIdAtEveryMoment() {
        change(web(ServiceType.NODE_PORT, port("http", 80, 30080)));
        EndpointPort http = new EndpointPort("http", Protocol.TCP, 8080);
        cluster.put(slice("a", "web", http, at("10.1.0.1"), at("10.1.0.2")));
        cluster.put(slice("b", "web", http));
        given.apply();
        Map<String, Integer> ids = given.ids("10.96.0.1");

        cluster.put(slice("b", "web", http, at("10.1.0.2")));
        given.apply();
        assertThat(given.ids("10.96.0.1")).isEqualTo(ids);
        cluster.put(slice("a", "web", http, at("10.1.0.1")));
        given.apply();
        assertThat(given.ids("10.96.0.1")).isEqualTo(ids);
    }

    @Test
    void A5_07_A5_08_whatIsDroppedForALocalPolicyIsRefusedWhenNothingIsLeft() {
        change(web(ServiceType.NODE_PORT, port("http", 80, 30080)).externalTrafficPolicy(TrafficPolicy.LOCAL));
        cluster.put(slice("web", at("10.1.0.1")));
        given.apply();
        assertThat(given.extentOf("10.96.0.1").endpointsElsewhere()).isTrue();

        cluster.put(slice("web", at("10.1.0.1").unready()));
        given.apply();
        assertThat(given.extentOf("10.96.0.1").endpointsElsewhere()).isFalse();
    }

    @Test
    void A17_01_aRestartFindsFrontendsOfEveryTypeAndTheirRanges() {
        cluster.put(slice("web", at("10.1.0.1"), at("10.1.0.2").local()));
        change(web(ServiceType.LOAD_BALANCER, port("http", 80, 30080))
                .externalTrafficPolicy(TrafficPolicy.LOCAL)
                .sessionAffinity(new SessionAffinity.ClientIp(Duration.ofSeconds(7)))
                .externalIps(List.of(IpAddress.of("192.0.2.9")))
                .ingress(List.of(vip()))
                .sourceRanges(ranges("198.51.100.0/24")));
        given.settle();
        int writes = given.tables.writes;
        Map<FrontendKey, String> rules = given.tables.rules();

        given.restart();
        given.balancer.apply(ClusterUpdate.everything(cluster.state(), true));
        given.settle();
        assertThat(given.tables.writes).isEqualTo(writes);
        assertThat(given.tables.rules()).isEqualTo(rules);
        assertThat(given.balancer.frontends())
                .extracting(view -> view.type() + " " + view.address() + ":" + view.port() + " "
                        + new TreeSet<>(view.sourceRanges()) + " "
                        + view.backends().size())
                .containsExactly(
                        "NodePort 0.0.0.0:30080 [] 1",
                        "ClusterIP 10.96.0.1:80 [] 2",
                        "LoadBalancer 192.0.2.1:80 [198.51.100.0/24] 1",
                        "ExternalIP 192.0.2.9:80 [] 1");
    }

    @Test
    void A9_14_whoeverIsClosedToAllIsShownSo() {
        change(web(ServiceType.LOAD_BALANCER, port("http", 80, 0))
                .ingress(List.of(vip()))
                .sourceRanges(new SourceRanges(List.of(), 1)));

        assertThat(given.balancer.frontends())
                .extracting(view -> String.join(",", view.sourceRanges()))
                .containsExactly("", "none");
        assertThat(given.events).singleElement().asString().contains("InvalidSourceRanges");
    }

    @Test
    void aConnectionToANodesAddressIsNamedByItsNodePort() {
        change(web(ServiceType.NODE_PORT, port("http", 80, 30080)));

        assertThat(given.balancer.serviceAt(new FrontendKey(IpAddress.of("192.0.2.77"), 30080, Protocol.TCP)))
                .hasValueSatisfying(owner -> assertThat(owner.portName()).isEqualTo("http"));
        assertThat(given.balancer.serviceAt(new FrontendKey(IpAddress.of("192.0.2.77"), 30080, Protocol.UDP)))
                .isEmpty();
    }
}
