// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.LoadBalancerFixture.http;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.Backend;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What updates do to the tables.
class LoadBalancerTest {

    private final LoadBalancerFixture given = new LoadBalancerFixture();
    private final ClusterFixture cluster = given.cluster;

    @Test
    void A15_03_onlyTheFirstUpdateAndOneThatMovesTheNodeLookAtEverything() {
        cluster.put(service("web", "10.96.0.1"));
        assertThat(given.apply().full()).isTrue();
        cluster.put(service("other", "10.96.0.2"));
        assertThat(given.apply().full()).isFalse();
        cluster.zone("a");
        assertThat(given.apply().full()).isTrue();
    }

    @Test
    void aServiceIsServedByItsEndpoints() {
        cluster.put(service("web", "10.96.0.1"))
                .put(slice("web", at("10.1.0.1"), at("10.1.0.2").local()));

        ApplyResult result = given.apply();

        assertThat(given.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2");
        assertThat(given.extentOf("10.96.0.1").plain()).isTrue();
        assertThat(result.written()).isEqualTo(new WriteTotals(1, 1, 2, 0, 1, 0, 0));
        assertThat(given.status("web").state()).isEqualTo(ServiceStatus.State.PROGRAMMED);
        assertThat(given.balancer.serviceAt(http("10.96.0.1")).map(ServicePortName::portName))
                .contains("http");
    }

    @Test
    void A5_01_aServiceWithoutEndpointsIsPublishedEmptyAndSoRefused() {
        cluster.put(service("web", "10.96.0.1"));
        given.apply();

        assertThat(given.chosen("10.96.0.1")).isEmpty();
        assertThat(given.extentOf("10.96.0.1").endpointsElsewhere()).isFalse();
    }

    @Test
    void A5_04_endpointsElsewhereAreFlaggedForALocalService() {
        cluster.put(service("web", "10.96.0.1").internalTrafficPolicy(TrafficPolicy.LOCAL))
                .put(slice("web", at("10.1.0.1")));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).isEmpty();
        assertThat(given.extentOf("10.96.0.1").endpointsElsewhere()).isTrue();

        cluster.put(slice("web"));
        given.apply();
        assertThat(given.extentOf("10.96.0.1").endpointsElsewhere())
                .as("A5_07, A5_08: refused once there are none anywhere")
                .isFalse();
    }

    @Test
    void whatDidNotChangeCostsNothing() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        int writes = given.tables.writes;

        cluster.put(slice("web", at("10.1.0.1")));
        ApplyResult result = given.apply();

        assertThat(given.tables.writes).as("A1_11").isEqualTo(writes);
        assertThat(result.written()).isEqualTo(new WriteTotals(1, 0, 0, 0, 0, 0, 0));
        assertThat(given.apply().written().servicesCompiled()).isZero();
    }

    @Test
    void A4_18_anotherZoneCompilesEveryServiceAndOtherNodeChangesNone() {
        cluster.zone("a")
                .put(service("web", "10.96.0.1"))
                .put(slice("web", at("10.1.0.1").zones("a"), at("10.1.0.2").zones("b")));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");

        cluster.zone("b");
        assertThat(given.apply().written().servicesCompiled()).isEqualTo(1);
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.2");

        cluster.zone("b");
        assertThat(given.apply().written().servicesCompiled()).isZero();
    }

    @Test
    void A2_11_A2_12_renamedAndRenumberedPorts() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        int index = given.index(http("10.96.0.1"));

        cluster.put(Service.builder(ClusterFixture.name("web"))
                .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                .port(new ServicePort("http", Protocol.TCP, 81, 0)));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).isNull();
        FrontendKey renumbered = new FrontendKey(IpAddress.of("10.96.0.1"), 81, Protocol.TCP);
        assertThat(given.index(renumbered)).isEqualTo(index);

        cluster.put(Service.builder(ClusterFixture.name("web"))
                .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                .port(new ServicePort("other", Protocol.TCP, 81, 0)));
        given.apply();
        assertThat(given.index(renumbered)).isNotEqualTo(index);
        assertThat(given.tables.choices(renumbered)).isEmpty();
    }

    @Test
    void A2_23_H_12_aRemovedServiceLosesItsFrontendsAndIdsAtOnceAndItsExtentLater() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        cluster.removeService("web");
        given.apply();

        assertThat(given.tables.frontends).isEmpty();
        assertThat(given.tables.backends).isEmpty();
        assertThat(given.tables.extents).hasSize(1);
        assertThat(given.balancer.statuses()).isEmpty();

        given.pass(Duration.ofMillis(900));
        assertThat(given.tables.extents).hasSize(1);
        given.pass(Duration.ofMillis(200));
        assertThat(given.tables.extents).isEmpty();
    }

    @Test
    void A2_24_aServiceThatMovesToAnotherAddressLeavesTheOld() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        cluster.put(service("web", "10.96.0.2"));
        given.apply();

        assertThat(given.chosen("10.96.0.1")).isNull();
        assertThat(given.chosen("10.96.0.2")).containsExactly("10.1.0.1");
    }

    @Test
    void A13_03_A13_06_endpointsThatServeNoMoreLoseTheirIds() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1"), at("10.1.0.2")));
        given.apply();
        Map<String, Integer> before = given.ids("10.96.0.1");

        cluster.put(slice("web", at("10.1.0.1").terminated(), at("10.1.0.2")));
        given.apply();

        assertThat(given.ids("10.96.0.1")).isEqualTo(Map.of("10.1.0.2", before.get("10.1.0.2")));
        assertThat(given.tables.backends).containsExactly(before.get("10.1.0.2"));
    }

    @Test
    void A13_04_A13_09_endpointsThatAreNotChosenButServeKeepTheirIds() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1"), at("10.1.0.2"), at("10.1.0.3")));
        given.apply();
        Map<String, Integer> before = given.ids("10.96.0.1");

        cluster.put(slice("web", at("10.1.0.1").terminating(), at("10.1.0.2"), at("10.1.0.3")));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.2", "10.1.0.3");
        assertThat(given.tables.backends).containsExactlyInAnyOrderElementsOf(before.values());
        assertThat(given.ids("10.96.0.1")).isEqualTo(before);

        given.restart();
        cluster.complete(true);
        given.apply();
        assertThat(given.ids("10.96.0.1")).as("after a restart").isEqualTo(before);

        cluster.put(slice("web", at("10.1.0.2"), at("10.1.0.3")));
        given.apply();
        assertThat(given.tables.backends).doesNotContain(before.get("10.1.0.1")).hasSize(2);
        assertThat(given.extentOf("10.96.0.1").plain()).isTrue();
    }

    @Test
    void A4_02_theTerminatingFallbackIsMarkedAndKeepsIds() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        Map<String, Integer> before = given.ids("10.96.0.1");

        cluster.put(slice("web", at("10.1.0.1").terminating()));
        given.apply();

        assertThat(given.ids("10.96.0.1")).isEqualTo(before);
        assertThat(given.extentOf("10.96.0.1").backends()).allMatch(Backend::terminating);
    }

    @Test
    void theLoserOfAnAddressIsToldAndTakesOver() {
        cluster.put(service("old", "10.96.0.1").created(Instant.ofEpochSecond(1)))
                .put(service("young", "10.96.0.1", "fd00::1").created(Instant.ofEpochSecond(2)))
                .put(slice("old", at("10.1.0.1")))
                .put(slice("young", at("10.1.0.2")));
        given.apply();

        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");
        assertThat(given.chosen("fd00::1")).as("the family without conflict").isEmpty();
        assertThat(given.status("young").state()).isEqualTo(ServiceStatus.State.CONFLICT);
        assertThat(given.status("old").state()).isEqualTo(ServiceStatus.State.PROGRAMMED);
        assertThat(given.events)
                .containsExactly("default/young AddressConflict:"
                        + " cluster IP 10.96.0.1 belongs to the older Service default/old");

        cluster.removeService("old");
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.2");
        assertThat(given.status("young").state()).isEqualTo(ServiceStatus.State.PROGRAMMED);
    }

    @Test
    void anOlderServiceThatComesLaterTakesTheAddress() {
        cluster.put(service("young", "10.96.0.1").created(Instant.ofEpochSecond(2)))
                .put(slice("young", at("10.1.0.2")))
                .put(slice("old", at("10.1.0.1")));
        given.apply();
        cluster.put(service("old", "10.96.0.1").created(Instant.ofEpochSecond(1)));
        given.apply();

        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");
        assertThat(given.status("young").state()).isEqualTo(ServiceStatus.State.CONFLICT);
        given.settle();
        assertThat(given.tables.extents).hasSize(1);
    }

    @Test
    void A2_18_A18_09_aFamilyThatGoesTakesItsFrontendAlong() {
        cluster.put(service("web", "10.96.0.1", "fd00::1"));
        given.apply();
        assertThat(given.tables.frontends).hasSize(2);

        cluster.put(service("web", "10.96.0.1"));
        given.apply();
        given.settle();

        assertThat(given.tables.frontends.keySet()).containsExactly(http("10.96.0.1"));
        assertThat(given.tables.extents).hasSize(1);
    }

    @Test
    void aLargeFirstUpdateAnnouncesItsSize() {
        for (int i = 0; i < 100; i++) {
            cluster.put(service("s" + i, "10.96.1." + i));
        }
        given.apply();

        assertThat(given.tables.rooms).isEqualTo(1);
        assertThat(given.tables.frontends).hasSize(100);
    }
}
