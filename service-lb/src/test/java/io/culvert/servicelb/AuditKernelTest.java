// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EventSink;
import io.culvert.maps.BackendIds;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.Growth;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.PublishedBackend;
import io.culvert.maps.ServiceWord;
import io.culvert.maps.Tables;
import io.culvert.servicelb.desired.Endpoints;
import io.culvert.servicelb.desired.ServiceRules;
import io.culvert.testkit.KernelTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// An audit of the kernel's tables.
@KernelTest
class AuditKernelTest {

    private static final int SERVICES = 10_000;
    private static final int ENDPOINTS = 10;

    @AutoClose
    private final PinnedDatapath pinned = new PinnedDatapath();

    @Test
    void A14_04_everyMapThatAnotherWriterChangedIsPutRight() {
        LoadBalancer balancer =
                LoadBalancer.adopt(pinned.tables(), Endpoints.HERE, ServiceRules.DEFAULT, EventSink.NONE);
        LargeCluster large = LargeCluster.of(SERVICES, ENDPOINTS);
        balancer.apply(ClusterUpdate.everything(large.state(), true));
        AuditReport clean = balancer.audit(true);
        assertThat(clean.total()).isZero();
        System.out.printf(
                "audit of %d Services x %d endpoints: %d ms%n",
                SERVICES, ENDPOINTS, clean.took().toMillis());
        MapCatalogue maps = pinned.datapath().maps();
        Map<FrontendKey, Frontend> frontends = new HashMap<>();
        maps.frontends().forEach(frontends::put);
        int[] services = pinned.tables().publishedServices();
        Extent overwritten = pinned.tables().extent(services[1]).orElseThrow();
        int lostId = pinned.tables()
                .extent(services[2])
                .orElseThrow()
                .backends()
                .getFirst()
                .id();

        corrupt(maps, List.copyOf(frontends.keySet()), services, lostId);

        assertThat(balancer.audit(false).counts()).isEqualTo(found());
        AuditReport report = balancer.audit(true);

        assertThat(report.counts()).isEqualTo(found());
        assertThat(report.failures()).isEmpty();
        assertThat(report.remaining()).isZero();
        Map<FrontendKey, Frontend> after = new HashMap<>();
        maps.frontends().forEach(after::put);
        assertThat(after).isEqualTo(frontends);
        assertThat(pinned.tables().publishedServices()).isEqualTo(services);
        assertThat(pinned.tables().extent(services[1]))
                .hasValueSatisfying(
                        read -> assertThat(read.sameContent(overwritten)).isTrue());
        assertThat(pinned.tables().isPublished(lostId)).isTrue();
    }

    private static void corrupt(MapCatalogue maps, List<FrontendKey> keys, int[] services, int lostId) {
        // Not closed: the map is the datapath's.
        var asWords = new BpfHashMap<>(
                "frontends",
                FrontendKey.CODEC,
                ServiceWord.CODEC,
                maps.map(Tables.FRONTENDS).orElseThrow(),
                Growth.NEVER);
        asWords.put(keys.get(5), new ServiceWord(-1));
        maps.frontends().removeAll(keys.subList(0, 5));
        maps.services().set(services[0], ServiceWord.NONE);
        int slot = (int) maps.services().get(services[1]).start() + 1;
        maps.slots().set(slot, maps.slots().get(slot + 1));
        maps.backends().set(BackendIds.index(lostId), new PublishedBackend(0));
        maps.services().set(services[services.length - 1] + 1, maps.services().get(services[3]));
        maps.backends()
                .set(
                        maps.backends().maxEntries() - 1,
                        new PublishedBackend(maps.backends().maxEntries() - 1));
    }

    private static Map<String, Integer> found() {
        return Map.of("frontends", 6, "services", 2, "slots", 1, "backends", 2);
    }
}
