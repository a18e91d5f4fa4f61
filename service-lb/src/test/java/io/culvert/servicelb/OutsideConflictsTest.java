// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.LoadBalancerFixture.http;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.ServiceRules;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Several Services ask for one address and port, or for one that none may have.
class OutsideConflictsTest {

    private static final String VIP = "192.0.2.1";

    private LoadBalancerFixture given = new LoadBalancerFixture();

    private static ServiceBuilder external(String name, int created, String clusterIp, String address) {
        return service(name, clusterIp)
                .created(Instant.ofEpochSecond(created))
                .externalIps(List.of(IpAddress.of(address)));
    }

    private static ServiceBuilder nodePort(String name, int created, String clusterIp) {
        return Service.builder(ClusterFixture.name(name))
                .type(ServiceType.NODE_PORT)
                .created(Instant.ofEpochSecond(created))
                .clusterIps(List.of(IpAddress.of(clusterIp)))
                .port(new ServicePort("http", Protocol.TCP, 80, 30080));
    }

    @Test
    void A2_21_H_21_theOldestServiceIsServedAtASharedAddressAndTheOtherIsTold() {
        given.cluster
                .put(external("young", 200, "10.96.0.2", VIP))
                .put(external("old", 100, "10.96.0.1", VIP))
                .put(slice("young", at("10.1.0.2")))
                .put(slice("old", at("10.1.0.1")));
        given.apply();

        assertThat(given.chosen(VIP)).containsExactly("10.1.0.1");
        assertThat(given.chosen("10.96.0.2")).as("the rest is served").containsExactly("10.1.0.2");
        assertThat(given.status("young").detail())
                .isEqualTo("external IP 192.0.2.1:80/TCP belongs to Service default/old");
        assertThat(given.events)
                .containsExactly("default/young AddressConflict: external IP 192.0.2.1:80/TCP belongs to"
                        + " Service default/old");

        given.cluster.removeService("old");
        given.apply();
        assertThat(given.chosen(VIP)).containsExactly("10.1.0.2");
        assertThat(given.status("young").state()).isEqualTo(ServiceStatus.State.PROGRAMMED);
    }

    @Test
    void H_21_twoServicesWithDifferentPortsShareAnAddress() {
        given.cluster
                .put(external("a", 100, "10.96.0.1", VIP))
                .put(Service.builder(ClusterFixture.name("b"))
                        .clusterIps(List.of(IpAddress.of("10.96.0.2")))
                        .externalIps(List.of(IpAddress.of(VIP)))
                        .port(new ServicePort("http", Protocol.TCP, 81, 0)));
        given.apply();

        assertThat(given.tables.frontends)
                .containsKeys(http(VIP), new FrontendKey(IpAddress.of(VIP), 81, Protocol.TCP));
        assertThat(given.events).isEmpty();
    }

    @Test
    void A20_03_H_21_aClusterIpIsNeverOverriddenWhicheverCameFirst() {
        given.cluster.put(external("thief", 1, "10.96.0.2", "10.96.0.1")).put(slice("thief", at("10.1.0.2")));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.2");

        given.cluster.put(service("web", "10.96.0.1").created(Instant.ofEpochSecond(100)));
        given.cluster.put(slice("web", at("10.1.0.1")));
        given.apply();

        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");
        assertThat(given.status("thief").detail()).contains("belongs to Service default/web");
    }

    @Test
    void A20_03_theApiServersAddressIsNeverOverridden() {
        given.cluster
                .put(service("kubernetes", "10.96.0.100"))
                .put(slice("kubernetes", at("192.0.2.6")))
                .put(Service.builder(ClusterFixture.name("thief"))
                        .clusterIps(List.of(IpAddress.of("10.96.0.2")))
                        .externalIps(List.of(IpAddress.of("192.0.2.6")))
                        .port(new ServicePort("a", Protocol.TCP, 8080, 0))
                        .port(new ServicePort("b", Protocol.TCP, 80, 0)));
        given.apply();

        assertThat(given.tables.frontends.keySet().stream().map(FrontendKey::toString))
                .contains("TCP 192.0.2.6:80")
                .doesNotContain("TCP 192.0.2.6:8080");
        assertThat(given.status("thief").detail())
                .isEqualTo("external IP 192.0.2.6:8080/TCP belongs to the API server");
    }

    @Test
    void A10_13_twoServicesWithOneNodePort() {
        given.cluster.put(nodePort("young", 200, "10.96.0.2")).put(nodePort("old", 100, "10.96.0.1"));
        given.apply();

        FrontendKey key = FrontendKey.nodePort(IpFamily.IPV4, 30080, Protocol.TCP);
        Frontend frontend = Objects.requireNonNull(given.tables.frontends.get(key));
        assertThat(frontend.service()).isEqualTo(given.index(http("10.96.0.1")));
        assertThat(given.status("young").detail()).isEqualTo("node port 30080/TCP belongs to Service default/old");
    }

    @Test
    void A20_02_externalIpsCanBeSwitchedOff() {
        given = new LoadBalancerFixture(new ServiceRules(false, false, List.of(), true));
        given.cluster.put(external("web", 100, "10.96.0.1", VIP)
                .ingress(List.of(new LoadBalancerIngress(IpAddress.of("192.0.2.2"), true))));
        given.apply();

        assertThat(given.chosen(VIP)).isNull();
        assertThat(given.chosen("192.0.2.2")).as("load balancers are not meant").isEmpty();
        assertThat(given.events)
                .containsExactly("default/web AddressRefused: external IP 192.0.2.1 is not served,"
                        + " because allow-external-ips is off");
    }

    @Test
    void A20_02_addressesOutsideTheClusterCanBeLimitedToRanges() {
        given = new LoadBalancerFixture(new ServiceRules(
                false, true, List.of(IpPrefix.parse("192.0.2.0/29").orElseThrow()), true));
        given.cluster.put(external("web", 100, "10.96.0.1", VIP)
                .ingress(List.of(new LoadBalancerIngress(IpAddress.of("192.0.2.200"), true))));
        given.apply();

        assertThat(given.chosen(VIP)).isNotNull();
        assertThat(given.chosen("192.0.2.200")).isNull();
        assertThat(given.status("web").detail()).contains("external-address-ranges");
    }

    @Test
    void A2_14_addressesThatNoServiceCanHaveAreRefused() {
        given.cluster.put(service("web", "10.96.0.1")
                .externalIps(List.of(IpAddress.of("0.0.0.0"), IpAddress.of("127.0.0.1"), IpAddress.of("224.0.0.1"))));
        given.apply();

        assertThat(given.tables.frontends.keySet()).containsExactly(http("10.96.0.1"));
    }
}
