// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentTables;
import io.culvert.maps.FrontendFlag;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.ServiceRules;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From annotations of a Service to what programs go by.
final class AlgorithmTest {

    private static final String ADDRESS = "10.96.0.1";

    private final LoadBalancerFixture given = new LoadBalancerFixture();

    private static EndpointSlice slice(String name, String... addresses) {
        List<Endpoint> endpoints = Stream.of(addresses)
                .map(address -> Endpoint.ready(IpAddress.of(address), "n9"))
                .toList();
        return new EndpointSlice(
                ClusterFixture.name(name),
                "web",
                IpFamily.IPV4,
                Instant.EPOCH,
                List.of(new EndpointPort("http", Protocol.TCP, 8080)),
                endpoints,
                null);
    }

    private Extent program(Map<String, String> annotations) {
        given.cluster.put(service("web", ADDRESS).annotations(annotations));
        given.cluster.put(slice("one", "10.1.0.1", "10.1.0.2", "10.1.0.3"));
        given.cluster.put(slice("two", "10.1.0.4"));
        given.apply();
        return given.extentOf(ADDRESS);
    }

    private Map<String, Integer> weights() {
        return given.extentOf(ADDRESS).backends().stream()
                .collect(Collectors.toMap(backend -> backend.address().toString(), Backend::weight));
    }

    @ParameterizedTest
    @CsvSource({
        "random, RANDOM",
        "rr, ROUND_ROBIN",
        "round-robin, ROUND_ROBIN",
        "wrr, WEIGHTED_ROUND_ROBIN",
        "sh, SOURCE_HASH",
        "source-hash, SOURCE_HASH",
        "dh, DESTINATION_HASH",
        "lc, LEAST_CONNECTION",
        "wlc, WEIGHTED_LEAST_CONNECTION",
        "sed, SHORTEST_EXPECTED_DELAY",
        "nq, NEVER_QUEUE",
        "p2c, POWER_OF_TWO",
        "maglev, MAGLEV"
    })
    void theAlgorithmIsTheOneOfTheAnnotation(String value, Algorithm algorithm) {
        assertThat(program(Map.of("culvert.io/algorithm", value)).algorithm()).isEqualTo(algorithm);
        assertThat(program(Map.of("service.cilium.io/lb-algorithm", value)).algorithm())
                .isEqualTo(algorithm);
        assertThat(given.balancer.frontends().getFirst().algorithm()).isEqualTo(algorithm);
    }

    @Test
    void ourAnnotationGoesBeforeTheOther() {
        assertThat(program(Map.of("culvert.io/algorithm", "rr", "service.cilium.io/lb-algorithm", "maglev"))
                        .algorithm())
                .isEqualTo(Algorithm.ROUND_ROBIN);
    }

    @Test
    void valuesThatMeanNothingAreToldAndCountAsTheDefault() {
        Extent extent = program(Map.of("culvert.io/algorithm", "fastest", "culvert.io/weights", "stable=9"));

        assertThat(extent.plain()).isTrue();
        assertThat(given.events)
                .singleElement()
                .asString()
                .startsWith("default/web InvalidAnnotation: annotation culvert.io/algorithm is \"fastest\"; use one of"
                        + " random, round-robin,")
                .contains("annotation culvert.io/weights is \"stable=9\"; use \"pod-label/KEY: VALUE=N,...\" or ");
    }

    @Test
    void weightsByLabelsOfPodsThatNobodyFollowsAreTold() {
        LoadBalancerFixture without = new LoadBalancerFixture(new ServiceRules(false, true, List.of(), false));
        without.cluster.put(
                service("web", ADDRESS).annotations(Map.of("culvert.io/weights", "pod-label/track: canary=1")));
        without.cluster.put(service("api", "10.96.0.2").annotations(Map.of("culvert.io/weights", "slice: one=1")));
        without.apply();

        assertThat(without.events)
                .singleElement()
                .asString()
                .startsWith("default/web PodLabelsNotFollowed: annotation culvert.io/weights goes by labels of pods,")
                .contains("policy is off");
    }

    @Test
    void withoutAnnotationsNothingIsMadeThatProgramsWouldRead() {
        assertThat(program(Map.of()).plain()).isTrue();
    }

    @Test
    void weightsMakeATableOfTurns() {
        Extent extent = program(Map.of("culvert.io/weights", "slice: one=9,two=1"));

        assertThat(extent.algorithm()).isEqualTo(Algorithm.RANDOM);
        assertThat(extent.tables().map(ExtentTables::cluster).orElseThrow().shares(4))
                .isEqualTo(new int[] {3, 3, 3, 1});
        assertThat(given.balancer.frontends().getFirst().backends())
                .extracting(BackendView::weight)
                .containsExactly(3, 3, 3, 1);
    }

    @Test
    void aBackendOfWeightZeroKeepsItsIdAndIsNotChosen() {
        program(Map.of());
        int id = given.ids(ADDRESS).getOrDefault("10.1.0.4", 0);

        program(Map.of("culvert.io/weights", "slice: two=0"));

        assertThat(given.chosen(ADDRESS)).containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2", "10.1.0.3");
        assertThat(given.ids(ADDRESS)).containsEntry("10.1.0.4", id);
        assertThat(given.tables.isPublished(id)).isTrue();
    }

    @Test
    void whereAllWeightsAreZeroConnectionsAreRefused() {
        program(Map.of("culvert.io/weights", "slice: *=0"));

        assertThat(given.chosen(ADDRESS)).isEmpty();
        assertThat(given.extentOf(ADDRESS).endpointsElsewhere()).isFalse();
    }

    private Set<FrontendFlag> flags() {
        return Objects.requireNonNull(given.tables.frontends.get(LoadBalancerFixture.http(ADDRESS)))
                .flags();
    }

    @Test
    void sourceHashLeavesSocketsOfPodsToPackets() {
        program(Map.of("culvert.io/algorithm", "sh"));
        assertThat(flags()).contains(FrontendFlag.NEEDS_CLIENT);

        program(Map.of("culvert.io/algorithm", "maglev"));
        assertThat(flags()).doesNotContain(FrontendFlag.NEEDS_CLIENT);
    }

    private void pods(Map<String, String> tracks) {
        PolicyState pods = PolicyState.EMPTY;
        for (Map.Entry<String, String> track : tracks.entrySet()) {
            ObjectName name = new ObjectName("default", "pod-" + track.getKey());
            PolicyPod pod = new PolicyPod(
                    name,
                    "",
                    Instant.EPOCH,
                    Map.of("track", track.getValue()),
                    List.of(IpAddress.of(track.getKey())),
                    false,
                    false,
                    Set.of(),
                    "n9");
            pods = pods.withPods(pods.pods().plus(name, pod));
        }
        PolicyChanges changes =
                new PolicyChanges(false, Map.of(ObjectKind.POD, pods.pods().keySet()));
        given.balancer.podsChanged(
                new ClusterUpdate(given.cluster.state().withPolicies(pods), Set.of(), false, false, true, changes));
    }

    @Test
    void weightsFollowTheLabelsOfPods() {
        program(Map.of("culvert.io/weights", "pod-label/track: stable=9,canary=1"));
        assertThat(weights()).as("before pods are known").containsValues(1).hasSize(4);
        Map<String, String> tracks = new HashMap<>(
                Map.of("10.1.0.1", "stable", "10.1.0.2", "stable", "10.1.0.3", "stable", "10.1.0.4", "canary"));

        pods(tracks);
        assertThat(weights()).containsEntry("10.1.0.1", 3).containsEntry("10.1.0.4", 1);

        tracks.put("10.1.0.3", "canary");
        pods(tracks);
        assertThat(weights()).containsEntry("10.1.0.1", 9).containsEntry("10.1.0.3", 1);
    }

    @Test
    void afterARestartWeightsStayUntilPodsAreKnown() {
        program(Map.of("culvert.io/weights", "pod-label/track: stable=9,canary=0"));
        pods(Map.of("10.1.0.1", "stable", "10.1.0.2", "stable", "10.1.0.3", "stable", "10.1.0.4", "canary"));
        Extent before = given.extentOf(ADDRESS);

        given.restart();
        program(Map.of("culvert.io/weights", "pod-label/track: stable=9,canary=0"));

        assertThat(given.extentOf(ADDRESS).sameContent(before)).isTrue();
        assertThat(given.chosen(ADDRESS)).doesNotContain("10.1.0.4");
    }

    @Test
    void everyAlgorithmHasTheTablesThatItNeeds() {
        for (Algorithm algorithm : Algorithm.values()) {
            Extent extent = program(Map.of("culvert.io/algorithm", algorithm.toString()));
            assertThat(extent.tables().isPresent())
                    .as(algorithm.toString())
                    .isEqualTo(algorithm != Algorithm.RANDOM && !algorithm.countsConnections());
        }
        assertThat(Arrays.stream(Algorithm.values()).map(Algorithm::toString)).doesNotHaveDuplicates();
    }
}
