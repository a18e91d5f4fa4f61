// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.desired.Endpoints.HERE;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.Endpoints;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Which endpoints the extent of a Service has for which clients (A3, A4), from the cluster to the tables.
class EndpointRowsTest {

    private static final TrafficPolicy CLUSTER = TrafficPolicy.CLUSTER;
    private static final TrafficPolicy LOCAL = TrafficPolicy.LOCAL;

    private final LoadBalancerFixture given = new LoadBalancerFixture();

    private static ServiceBuilder web(ServiceType type, TrafficPolicy internal, TrafficPolicy external) {
        return Service.builder(name("web"))
                .type(type)
                .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                .internalTrafficPolicy(internal)
                .externalTrafficPolicy(external)
                .port(new ServicePort("http", Protocol.TCP, 80, 30080));
    }

    private void serve(ServiceBuilder service, Endpoints... endpoints) {
        given.cluster.put(service).put(slice("web", endpoints));
        given.apply();
    }

    /// Serves a Service with an external policy.
    private void serve(TrafficPolicy internal, TrafficPolicy external, Endpoints... endpoints) {
        serve(web(ServiceType.NODE_PORT, internal, external), endpoints);
    }

    /// Serves a Service that is reached from inside alone.
    private void serveInside(TrafficPolicy internal, Endpoints... endpoints) {
        serve(web(ServiceType.CLUSTER_IP, internal, LOCAL), endpoints);
    }

    private Set<String> cluster() {
        return last(extent().cluster());
    }

    private Set<String> local() {
        return last(extent().local());
    }

    private Extent extent() {
        return given.extentOf("10.96.0.1");
    }

    private static Set<String> last(List<Backend> backends) {
        return backends.stream()
                .map(backend -> backend.address().toString().replaceAll(".*\\.", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void A3_13_A4_22_whatIsPublishedAsReadyIsUsedEvenIfItTerminates() {
        serve(CLUSTER, CLUSTER, at("10.1.0.1").readyThoughTerminating(), at("10.1.0.2"));

        assertThat(cluster()).containsExactly("1", "2");
        assertThat(extent().backends()).noneMatch(Backend::terminating);
    }

    @Test
    void A3_14_A3_22_A4_03_unreadyAndTerminatingEndpointsAreNotUsedBesideReadyOnes() {
        serve(
                CLUSTER,
                CLUSTER,
                at("10.1.0.1"),
                at("10.1.0.2").unready(),
                at("10.1.0.3").terminating());

        assertThat(cluster()).containsExactly("1");
    }

    @Test
    void A3_20_A3_21_anEndpointMayHaveAnyAddress() {
        serve(CLUSTER, LOCAL, at("192.0.2.6").local(), at("203.0.113.9"));

        assertThat(cluster()).containsExactly("6", "9");
        assertThat(local()).as("a pod of this node with the node's address").containsExactly("6");
    }

    @Test
    void A4_01_A4_02_everyReadyEndpointElseEveryServingOne() {
        serve(CLUSTER, CLUSTER, at("10.1.0.1"), at("10.1.0.2").local());
        assertThat(cluster()).containsExactly("1", "2");

        serve(
                CLUSTER,
                CLUSTER,
                at("10.1.0.1").terminating().zones("b"),
                at("10.1.0.2").terminated());
        assertThat(cluster()).as("whatever the hints").containsExactly("1");
    }

    @Test
    void A4_04_A4_05_theLocalSetFallsBackByItself() {
        serve(
                CLUSTER,
                LOCAL,
                at("10.1.0.1").local(),
                at("10.1.0.2").terminating().local(),
                at("10.1.0.3"));
        assertThat(local()).containsExactly("1");

        serve(CLUSTER, LOCAL, at("10.1.0.2").terminating().local(), at("10.1.0.3"));
        assertThat(local()).containsExactly("2");
        assertThat(cluster()).containsExactly("3");
        assertThat(extent().endpointsElsewhere()).isFalse();
    }

    @Test
    void A4_06_A5_05_anEmptyLocalSetDropsWhereOthersHaveEndpointsAndElseRefuses() {
        serve(CLUSTER, LOCAL, at("10.1.0.3"));
        assertThat(local()).isEmpty();
        assertThat(extent().endpointsElsewhere()).isTrue();

        serve(CLUSTER, LOCAL, at("10.1.0.3").terminated());
        assertThat(extent().endpointsElsewhere()).isFalse();
    }

    @Test
    void A4_07_withInternalPolicyLocalAloneThereIsNoClusterSet() {
        serveInside(LOCAL, at("10.1.0.1").local(), at("10.1.0.2"));

        assertThat(cluster()).isEmpty();
        assertThat(local()).containsExactly("1");
    }

    @Test
    void A4_08_A4_09_eachPolicyChoosesItsOwnSetFromOneExtent() {
        serve(CLUSTER, LOCAL, at("10.1.0.1").local(), at("10.1.0.2"));
        assertThat(cluster()).as("ClusterIP, and pods to the node port").containsExactly("1", "2");
        assertThat(local()).as("clients outside").containsExactly("1");

        serve(LOCAL, CLUSTER, at("10.1.0.1").local(), at("10.1.0.2"));
        assertThat(cluster()).as("node port").containsExactly("1", "2");
        assertThat(local()).as("ClusterIP").containsExactly("1");
    }

    @Test
    void A4_10_A4_21_hintsForThisNodeHoldAsLongAsTheyAreComplete() {
        given.cluster.zone("a");
        serve(CLUSTER, CLUSTER, at("10.1.0.1").nodes(HERE), at("10.1.0.2").nodes("n2"));
        assertThat(cluster()).containsExactly("1");

        serve(
                CLUSTER,
                CLUSTER,
                at("10.1.0.1").nodes(HERE).unready(),
                at("10.1.0.2").nodes("n2"));
        assertThat(cluster()).as("falls back").containsExactly("2");

        serve(CLUSTER, CLUSTER, at("10.1.0.1").nodes(HERE), at("10.1.0.2").nodes("n2"));
        assertThat(cluster()).as("and returns").containsExactly("1");
    }

    @Test
    void A4_11_A4_16_A4_20_hintsForThisZoneHoldAndTrafficFailsOver() {
        given.cluster.zone("a");
        serve(
                CLUSTER,
                CLUSTER,
                at("10.1.0.1").zones("a"),
                at("10.1.0.2").zones("b"),
                at("10.1.0.3").zones("a", "b"));
        assertThat(cluster()).containsExactly("1", "3");

        serve(
                CLUSTER,
                CLUSTER,
                at("10.1.0.1").zones("a").unready(),
                at("10.1.0.2").zones("b"));
        assertThat(cluster()).containsExactly("2");
    }

    @Test
    void A4_12_A4_13_A4_14_A4_15_hintsThatAreNotCompleteOrNotForUsAreIgnored() {
        serve(CLUSTER, CLUSTER, at("10.1.0.1").zones("a"), at("10.1.0.2").zones("b"));
        assertThat(cluster()).as("the node's zone is not known").containsExactly("1", "2");

        given.cluster.zone("a");
        serve(CLUSTER, CLUSTER, at("10.1.0.1").zones("a"), at("10.1.0.2"));
        assertThat(cluster()).as("one has no hint").containsExactly("1", "2");

        serve(CLUSTER, CLUSTER, at("10.1.0.1").zones("c"), at("10.1.0.2").zones("b"));
        assertThat(cluster()).as("none is for this zone").containsExactly("1", "2");

        serve(
                CLUSTER,
                CLUSTER,
                at("10.1.0.1").zones("a").unready(),
                at("10.1.0.2").zones("b"));
        assertThat(cluster()).as("only an unready one is").containsExactly("2");
    }

    @Test
    void A4_17_A4_23_theLocalSetIgnoresHintsAndMayHaveWhatTheClusterSetHasNot() {
        given.cluster.zone("a");
        serve(CLUSTER, LOCAL, at("10.1.0.1").zones("b").local(), at("10.1.0.2").zones("a"));

        assertThat(local()).containsExactly("1");
        assertThat(cluster()).containsExactly("2");
        assertThat(extent().backends()).hasSize(2);
    }

    @Test
    void A4_18_anotherZoneOfTheNodeChangesWhoIsChosen() {
        given.cluster.zone("a");
        serve(CLUSTER, CLUSTER, at("10.1.0.1").zones("a"), at("10.1.0.2").zones("b"));
        given.cluster.zone("b");
        given.apply();

        assertThat(cluster()).containsExactly("2");
    }
}
