// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.LoadBalancerFixture.http;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.net.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Writes that fail: one Service shows it, all others go on, and it heals.
class LoadBalancerFailureTest {

    private final LoadBalancerFixture given = new LoadBalancerFixture();
    private final ClusterFixture cluster = given.cluster;

    @Test
    void A14_12_aFullFrontendsMapStopsOnlyTheServiceThatMissesRoom() {
        cluster.put(service("a", "10.96.0.1"))
                .put(service("b", "10.96.0.2"))
                .put(service("c", "10.96.0.3"))
                .put(slice("b", at("10.1.0.1")));
        given.tables.failure = write -> write.contains("10.96.0.2");
        ApplyResult result = given.apply();

        assertThat(given.chosen("10.96.0.1")).isNotNull();
        assertThat(given.chosen("10.96.0.3")).isNotNull();
        assertThat(given.chosen("10.96.0.2")).isNull();
        assertThat(result.failing()).isEqualTo(1);
        assertThat(result.written().writesFailed()).isEqualTo(1);
        ServiceStatus status = given.status("b");
        assertThat(status.state()).isEqualTo(ServiceStatus.State.ERROR);
        assertThat(status.detail()).isEqualTo("put TCP 10.96.0.2:80: injected");
        assertThat(given.events).containsExactly("default/b ProgrammingFailed: put TCP 10.96.0.2:80: injected");

        given.tables.failure = _ -> false;
        given.pass(Duration.ofSeconds(1));
        assertThat(given.chosen("10.96.0.2")).containsExactly("10.1.0.1");
        assertThat(given.status("b").state()).isEqualTo(ServiceStatus.State.PROGRAMMED);
    }

    @Test
    void A14_11_aFailureOfOneFamilyIsNotOneOfTheOther() {
        cluster.put(service("web", "10.96.0.1", "fd00:96::1")).put(slice("web", at("10.1.0.1")));
        given.tables.failure = write -> write.contains("fd00:96::1");
        given.apply();

        assertThat(given.balancer.failing()).isEqualTo(Map.of(ClusterFixture.name("web"), Set.of(IpFamily.IPV6)));
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");

        given.tables.failure = _ -> false;
        given.pass(Duration.ofSeconds(1));
        assertThat(given.balancer.failing()).isEmpty();
    }

    @Test
    void theOldBackendsServeWhileTheNewOnesCannotBePublished() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        given.tables.failure = "backend"::equals;
        cluster.put(slice("web", at("10.1.0.2")));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");

        given.tables.failure = write -> write.startsWith("publish");
        cluster.put(slice("web", at("10.1.0.2"), at("10.1.0.3")));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");
        assertThat(given.tables.backends).as("no id is lost").hasSize(1);

        given.tables.failure = _ -> false;
        given.settle();
        assertThat(given.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.2", "10.1.0.3");
        assertThat(given.tables.backends).hasSize(2);
    }

    @Test
    void retriesBackOffTo30Seconds() {
        cluster.put(service("web", "10.96.0.1"));
        given.tables.failure = write -> write.equals("reserve");
        given.apply();
        int[] delays = {1, 2, 4, 8, 16, 30, 30};
        for (int delay : delays) {
            int before = given.tables.writes;
            given.pass(Duration.ofSeconds(delay).minusMillis(1));
            assertThat(given.tables.writes).as("before %d s", delay).isEqualTo(before);
            given.pass(Duration.ofMillis(1));
            assertThat(given.tables.writes).as("after %d s", delay).isGreaterThan(before);
        }
        assertThat(given.events).as("told once").hasSize(1);
    }

    @Test
    void aStatusKeepsItsAgeWhileItSaysTheSame() {
        cluster.put(service("web", "10.96.0.1"));
        given.tables.failure = _ -> true;
        given.apply();
        Instant since = given.status("web").since();
        given.pass(Duration.ofSeconds(5));

        assertThat(given.status("web").since()).isEqualTo(since);
    }

    @Test
    void anAddressStaysWithItsOldServiceUntilTheNewOneCanBeProgrammed() {
        cluster.put(service("old", "10.96.0.1"))
                .put(slice("old", at("10.1.0.1")))
                .put(slice("new", at("10.1.0.2")));
        given.apply();
        given.tables.failure = write -> write.startsWith("publish") || write.equals("reserve");
        cluster.removeService("old").put(service("new", "10.96.0.1"));
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");
        assertThat(given.status("new").state()).isEqualTo(ServiceStatus.State.ERROR);

        given.tables.failure = _ -> false;
        given.settle();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.2");
        assertThat(given.tables.extents).hasSize(1);
        assertThat(given.tables.backends).hasSize(1);
        assertThat(given.balancer.statuses()).hasSize(1);
    }

    @Test
    void frontendsThatCannotBeRemovedKeepTheirBackendsAndAreRetried() {
        cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1")));
        given.apply();
        given.tables.failure = write -> write.startsWith("remove");
        cluster.removeService("web");
        given.apply();
        assertThat(given.chosen("10.96.0.1")).containsExactly("10.1.0.1");
        assertThat(given.status("web").state()).isEqualTo(ServiceStatus.State.ERROR);

        given.tables.failure = _ -> false;
        given.settle();
        assertThat(given.tables.frontends).isEmpty();
        assertThat(given.tables.backends).isEmpty();
        assertThat(given.tables.extents).isEmpty();
        assertThat(given.balancer.statuses()).isEmpty();
    }

    @Test
    void whateverFailsItHealsWithoutALeak() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            LoadBalancerFixture run = new LoadBalancerFixture();
            RandomCluster changes = new RandomCluster(run.cluster, random);
            run.tables.failure = _ -> random.nextInt(10) < 3;
            for (int step = 0; step < 15; step++) {
                changes.step();
                run.apply();
                run.pass(Duration.ofMillis(random.nextInt(3_000)));
            }
            run.tables.failure = _ -> false;
            run.settle();
            run.settle();
            LoadBalancerFixture fresh = new LoadBalancerFixture();
            fresh.balancer.apply(ClusterUpdate.everything(run.cluster.state(), true));
            assertThat(run.tables.choices()).as("seed %d round %d", seed, round).isEqualTo(fresh.tables.choices());
            assertThat(run.tables.extents).as("seed %d round %d", seed, round).hasSameSizeAs(fresh.tables.extents);
            assertNoStrayIds(run, "seed " + seed + " round " + round);
        }
    }

    static void assertNoStrayIds(LoadBalancerFixture run, String what) {
        Set<Integer> used = new HashSet<>();
        run.tables.extents.values().forEach(extent -> extent.backends().forEach(backend -> used.add(backend.id())));
        assertThat(run.tables.backends).as(what).isEqualTo(used);
    }

    @Test
    void http80IsTheKeyThatTestsMean() {
        assertThat(http("10.96.0.1").toString()).isEqualTo("TCP 10.96.0.1:80");
    }
}
