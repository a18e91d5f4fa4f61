// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.LoadBalancerFixture.http;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a new agent makes of what it finds.
class AdoptionTest {

    private final LoadBalancerFixture given = new LoadBalancerFixture();

    private void programWeb() {
        given.cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1"), at("10.1.0.2")));
        given.apply();
    }

    private ApplyResult restart() {
        given.restart();
        ApplyResult result = given.balancer.apply(ClusterUpdate.everything(given.cluster.state(), true));
        given.settle();
        return result;
    }

    @Test
    void A14_07_aRestartKeepsIndexesIdsAndExtents() {
        programWeb();
        Extent extent = given.extentOf("10.96.0.1");
        int writes = given.tables.writes;

        ApplyResult result = restart();

        assertThat(given.extentOf("10.96.0.1")).isEqualTo(extent);
        assertThat(given.tables.writes).isEqualTo(writes);
        assertThat(result.written()).isEqualTo(new WriteTotals(1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void whatChangedMeanwhileIsTheOnlyThingWritten() {
        programWeb();
        Map<String, Integer> ids = given.ids("10.96.0.1");
        given.cluster.put(slice("web", at("10.1.0.2"), at("10.1.0.3")));

        ApplyResult result = restart();

        assertThat(given.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.2", "10.1.0.3");
        assertThat(given.ids("10.96.0.1")).containsEntry("10.1.0.2", ids.get("10.1.0.2"));
        assertThat(result.written()).isEqualTo(new WriteTotals(1, 1, 1, 1, 0, 0, 0));
    }

    @Test
    void whatNoServiceWantsAnyMoreGoes() {
        programWeb();
        given.cluster.removeService("web");

        restart();

        assertThat(given.tables.frontends).isEmpty();
        assertThat(given.tables.extents).isEmpty();
        assertThat(given.tables.backends).isEmpty();
    }

    @Test
    void anExtentWithoutFrontendDoesNotTakeTheIdsOfOthersAlong() {
        programWeb();
        Extent extent = given.extentOf("10.96.0.1");
        given.tables.extents.put(9, new Extent(9, 1, 0, 0, 2, 0, extent.algorithm(), false, false, extent.backends()));

        restart();

        assertThat(given.extentOf("10.96.0.1")).isEqualTo(extent);
        assertThat(given.tables.extents).hasSize(1);
        assertThat(given.tables.backends).hasSize(2);
    }

    @Test
    void aBackendWhoseIdIsNotPublishedIsGivenAnother() {
        programWeb();
        Extent extent = given.extentOf("10.96.0.1");
        given.restart();
        given.tables.backends.remove(extent.backends().getFirst().id());
        given.balancer = given.start();

        given.balancer.apply(ClusterUpdate.everything(given.cluster.state(), true));

        assertThat(given.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2");
        assertThat(given.extentOf("10.96.0.1").backends())
                .doesNotContain(extent.backends().getFirst())
                .contains(extent.backends().getLast());
        LoadBalancerFailureTest.assertNoStrayIds(given, "after the replacement");
    }

    @Test
    void aFrontendThatLeadsNowhereIsServedAgain() {
        programWeb();
        given.tables.extents.clear();

        restart();

        assertThat(given.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2");
    }

    @Test
    void aFrontendOfAnotherWriterGoesOnceEverythingIsKnown() {
        given.tables.frontends.put(http("10.96.0.77"), Frontend.clusterIp(5, false));

        restart();

        assertThat(given.tables.frontends).isEmpty();
    }
}
