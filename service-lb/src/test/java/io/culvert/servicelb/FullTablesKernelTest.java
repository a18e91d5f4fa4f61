// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EventSink;
import io.culvert.maps.BackendIds;
import io.culvert.maps.ExtentStore;
import io.culvert.maps.Growth;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.Quarantine;
import io.culvert.servicelb.desired.Endpoints;
import io.culvert.servicelb.desired.ServiceRules;
import io.culvert.testkit.KernelTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// The kernel's tables full, and not able to grow.
@KernelTest
class FullTablesKernelTest {

    private static final int SLOTS = 512;

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath(Map.of("slots", SLOTS));

    @Test
    void A14_12_whatHasRoomIsServedTheRestSaysWhyAndHealsWhenRoomComes() {
        LoadBalancer balancer =
                LoadBalancer.adopt(tablesThatCannotGrow(), Endpoints.HERE, ServiceRules.DEFAULT, EventSink.NONE);
        ApplyResult full =
                balancer.apply(ClusterUpdate.everything(LargeCluster.of(100, 10).state(), true));

        int fit = SLOTS / 11;
        assertThat(full.failing()).isEqualTo(100 - fit);
        assertThat(balancer.frontends())
                .hasSize(fit)
                .allSatisfy(view -> assertThat(view.backends()).hasSize(10));
        assertThat(errors(balancer))
                .hasSize(100 - fit)
                .allSatisfy(status -> assertThat(status.detail()).contains("slots", "full", "map-slots"));

        removeAllBut20(balancer);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            balancer.maintain();
            return errors(balancer).isEmpty();
        });
        assertThat(balancer.frontends())
                .hasSize(20)
                .allSatisfy(view -> assertThat(view.backends()).hasSize(10));
    }

    private static void removeAllBut20(LoadBalancer balancer) {
        LargeCluster few = LargeCluster.of(20, 10);
        balancer.apply(new ClusterUpdate(
                few.state(), LargeCluster.of(100, 1).state().services().keySet(), false, false, true));
    }

    private static List<ServiceStatus> errors(LoadBalancer balancer) {
        return balancer.statuses().stream()
                .filter(status -> status.state() == ServiceStatus.State.ERROR)
                .toList();
    }

    private ServiceTables tablesThatCannotGrow() {
        MapCatalogue maps = pinned.datapath().maps();
        return new DatapathTables(
                maps,
                new ExtentStore(maps.services().memory(), maps.slots().memory(), Quarantine.STANDARD, Growth.NEVER),
                new BackendIds(maps.backends().memory(), Quarantine.STANDARD, Growth.NEVER),
                _ -> {},
                _ -> {},
                () -> {});
    }
}
