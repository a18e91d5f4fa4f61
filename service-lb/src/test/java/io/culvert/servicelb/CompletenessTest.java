// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.InMemoryTables.Choice;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A1-09: until every source has given its first complete list, things are added and nothing is taken away.
class CompletenessTest {

    private final LoadBalancerFixture given = new LoadBalancerFixture();

    /// A second agent that knows nothing yet.
    private LoadBalancerFixture restarted() {
        LoadBalancerFixture next = new LoadBalancerFixture(given.tables);
        next.cluster.complete(false);
        next.restart();
        return next;
    }

    private void programTwoServices() {
        given.cluster
                .put(service("web", "10.96.0.1"))
                .put(slice("web", at("10.1.0.1"), at("10.1.0.2")))
                .put(service("api", "10.96.0.2"))
                .put(slice("api", at("10.1.0.3")));
        given.apply();
    }

    @Test
    void A1_09_nothingIsRemovedBeforeTheFirstCompleteList() {
        programTwoServices();
        LoadBalancerFixture next = restarted();

        next.cluster.put(service("web", "10.96.0.1"));
        next.apply();
        assertThat(next.chosen("10.96.0.1")).as("no slices yet").containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2");
        assertThat(next.chosen("10.96.0.2")).as("not listed yet").containsExactly("10.1.0.3");

        next.cluster.put(slice("web", at("10.1.0.2"), at("10.1.0.9")));
        next.apply();
        assertThat(next.chosen("10.96.0.1"))
                .as("additions apply")
                .containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2", "10.1.0.9");

        next.cluster.complete(true);
        next.apply();
        assertThat(next.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.2", "10.1.0.9");
        assertThat(next.chosen("10.96.0.2")).isNull();
        next.settle();
        assertThat(given.tables.extents).hasSize(1);
        assertThat(given.tables.backends).hasSize(2);
    }

    @Test
    void newServicesAreServedBeforeTheFirstCompleteList() {
        programTwoServices();
        LoadBalancerFixture next = restarted();

        next.cluster.put(service("new", "10.96.0.3")).put(slice("new", at("10.1.0.4")));
        next.apply();

        assertThat(next.chosen("10.96.0.3")).containsExactly("10.1.0.4");
    }

    @Test
    void removedServicesAreServedUntilTheFirstCompleteList() {
        LoadBalancerFixture next = restarted();
        next.cluster.put(service("new", "10.96.0.3")).put(slice("new", at("10.1.0.4")));
        next.apply();
        next.cluster.removeService("new");
        next.apply();
        assertThat(next.chosen("10.96.0.3")).containsExactly("10.1.0.4");

        next.cluster.complete(true);
        next.apply();
        assertThat(next.chosen("10.96.0.3")).isNull();
    }

    @Test
    void anEmptyLocalSetStaysDroppedUntilTheFirstCompleteList() {
        given.cluster
                .put(service("web", "10.96.0.1").internalTrafficPolicy(TrafficPolicy.LOCAL))
                .put(slice("web", at("10.1.0.1")));
        given.apply();
        LoadBalancerFixture next = restarted();

        next.cluster.put(service("web", "10.96.0.1").internalTrafficPolicy(TrafficPolicy.LOCAL));
        next.apply();
        assertThat(next.extentOf("10.96.0.1").endpointsElsewhere()).isTrue();

        next.cluster.complete(true);
        next.apply();
        assertThat(next.extentOf("10.96.0.1").endpointsElsewhere()).isFalse();
    }

    @Test
    void whateverComesFirstNoChoiceIsLost() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            LoadBalancerFixture before = new LoadBalancerFixture();
            RandomCluster changes = new RandomCluster(before.cluster, random);
            for (int step = 0; step < 10; step++) {
                changes.step();
                before.apply();
            }
            before.settle();
            Map<FrontendKey, Set<Choice>> served = before.tables.choices();
            LoadBalancerFixture next = new LoadBalancerFixture(before.tables);
            next.restart();
            next.cluster.complete(false);
            String what = "seed " + seed + " round " + round;
            replayInPieces(before, next, random, () -> assertNothingLost(served, before.tables.choices(), what));

            next.cluster.complete(true);
            next.apply();
            IncrementalTest.assertSameAsFresh(next, what);
            next.settle();
            LoadBalancerFailureTest.assertNoStrayIds(next, what);
        }
    }

    private static void replayInPieces(
            LoadBalancerFixture from, LoadBalancerFixture to, Random random, Runnable afterEach) {
        from.cluster.state().services().values().forEach(service -> {
            if (random.nextBoolean()) {
                to.cluster.put(service);
                to.apply();
                afterEach.run();
            }
        });
        from.cluster
                .state()
                .slicesByService()
                .values()
                .forEach(slices -> slices.values().forEach(slice -> {
                    if (random.nextBoolean()) {
                        to.cluster.put(slice);
                        to.apply();
                        afterEach.run();
                    }
                }));
    }

    private static void assertNothingLost(
            Map<FrontendKey, Set<Choice>> served, Map<FrontendKey, Set<Choice>> now, String what) {
        assertThat(now.keySet()).as(what).containsAll(served.keySet());
        served.forEach((key, choices) -> assertThat(addresses(now.getOrDefault(key, Set.of())))
                .as(what + " " + key)
                .containsAll(addresses(choices)));
    }

    private static Set<String> addresses(Set<Choice> choices) {
        Set<String> addresses = new HashSet<>();
        choices.forEach(choice -> addresses.add(choice.address() + " " + choice.port()));
        return addresses;
    }
}
