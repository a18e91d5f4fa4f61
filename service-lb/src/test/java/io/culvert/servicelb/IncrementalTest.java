// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.maps.Frontend;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Change by change, with restarts between them, the tables end up as if everything had been written at once.
class IncrementalTest {

    private static final int ROUNDS = 300;
    private static final int STEPS = 20;

    @Test
    void stepByStepEndsWhereAllAtOnceDoes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            LoadBalancerFixture run = new LoadBalancerFixture();
            RandomCluster changes = new RandomCluster(run.cluster, random);
            for (int step = 0; step < STEPS; step++) {
                changes.step();
                run.apply();
                if (random.nextInt(4) == 0) {
                    run.pass(Duration.ofSeconds(2));
                }
                String what = "seed " + seed + " round " + round + " step " + step;
                assertSameAsFresh(run, what);
                if (random.nextInt(10) == 0) {
                    run.restart();
                    int writes = run.tables.writes;
                    run.balancer.apply(ClusterUpdate.everything(run.cluster.state(), true));
                    run.settle();
                    assertThat(run.tables.extents.keySet()).as(what).hasSize((int)
                            run.tables.frontends.values().stream()
                                    .mapToInt(Frontend::service)
                                    .distinct()
                                    .count());
                    assertSameAsFresh(run, what + " restarted after " + writes + " writes");
                }
            }
            run.settle();
            LoadBalancerFailureTest.assertNoStrayIds(run, "seed " + seed + " round " + round);
        }
    }

    @Test
    void aRestartWithoutChangesWritesNothing() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            LoadBalancerFixture run = new LoadBalancerFixture();
            RandomCluster changes = new RandomCluster(run.cluster, random);
            for (int step = 0; step < STEPS; step++) {
                changes.step();
                run.apply();
            }
            run.settle();
            int writes = run.tables.writes;

            run.restart();
            run.balancer.apply(ClusterUpdate.everything(run.cluster.state(), true));
            run.settle();

            assertThat(run.tables.writes).as("seed %d round %d", seed, round).isEqualTo(writes);
        }
    }

    static void assertSameAsFresh(LoadBalancerFixture run, String what) {
        LoadBalancerFixture fresh = new LoadBalancerFixture();
        fresh.balancer.apply(ClusterUpdate.everything(run.cluster.state(), true));
        assertThat(run.tables.choices()).as(what).isEqualTo(fresh.tables.choices());
        assertThat(run.tables.rules()).as(what).isEqualTo(fresh.tables.rules());
        assertThat(run.tables.clusterAddresses).as(what).isEqualTo(fresh.tables.clusterAddresses);
        assertThat(run.tables.ranges).as(what).isEqualTo(fresh.tables.ranges);
        assertThat(run.balancer.statuses().stream().map(IncrementalTest::said).toList())
                .as(what)
                .isEqualTo(fresh.balancer.statuses().stream()
                        .map(IncrementalTest::said)
                        .toList());
    }

    private static String said(ServiceStatus status) {
        return status.service() + " " + status.state() + " " + status.detail();
    }
}
