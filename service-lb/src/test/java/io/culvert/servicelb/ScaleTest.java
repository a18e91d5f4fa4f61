// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The cost of changes does not depend on what did not change. The kernel test has the times.
class ScaleTest {

    @Test
    void oneChangeAmong10000ServicesCompilesOne() {
        LargeCluster large = LargeCluster.of(10_000, 10);
        LoadBalancerFixture run = new LoadBalancerFixture();

        ApplyResult first = run.balancer.apply(ClusterUpdate.everything(large.state(), true));
        assertThat(first.written()).isEqualTo(new WriteTotals(10_000, 10_000, 100_000, 0, 10_000, 0, 0));

        ApplyResult change = run.balancer.apply(large.replaceOneEndpoint(4_711));
        assertThat(change.written()).isEqualTo(new WriteTotals(1, 1, 1, 1, 0, 0, 0));
        assertThat(run.balancer.statuses()).hasSize(10_000);
        assertThat(run.balancer.frontends()).hasSize(10_000);
    }

    @Test
    void A3_23_oneServiceWith5000Endpoints() {
        LargeCluster large = LargeCluster.of(1, 5_000);
        LoadBalancerFixture run = new LoadBalancerFixture();
        run.balancer.apply(ClusterUpdate.everything(large.state(), true));

        for (int i = 0; i < 50; i++) {
            ApplyResult change = run.balancer.apply(large.replaceOneEndpoint(0));
            assertThat(change.written()).isEqualTo(new WriteTotals(1, 1, 1, 1, 0, 0, 0));
        }
        assertThat(run.tables.backends).hasSize(5_000);
        assertThat(run.balancer
                        .apply(new ClusterUpdate(large.state(), Set.of(name("none")), false, false, true))
                        .written()
                        .extentsPublished())
                .isZero();
    }
}
