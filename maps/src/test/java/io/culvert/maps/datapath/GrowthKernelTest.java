// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.BpfMap;
import io.culvert.loader.MapSpec;
import io.culvert.loader.MapType;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.MapFullException;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

@KernelTest(commands = "python3")
final class GrowthKernelTest {

    private static final Map<String, Integer> SMALL = Map.of("frontends", 4, "services", 4, "slots", 16, "backends", 8);

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    @Test
    void noConnectionIsLostWhileMapsGrow() throws Exception {
        try (var server = new OneByteServer();
                Datapath datapath = Datapath.open(place.config().withEntries(SMALL))) {
            datapath.attachSockets(place.cgroup);
            int service = TestExtents.publish(datapath, "10.96.0.1", server.port(), 3);
            try (var loop = new ConnectLoop(place.cgroup, "10.96.0.1")) {
                loop.progress(2);
                for (int i = 2; i < 60; i++) {
                    TestExtents.publish(datapath, "10.96.0." + i, server.port(), 2);
                    datapath.extents().publish(TestExtents.local(service, datapath, server.port(), 1 + i % 5));
                }
                loop.progress(2);
                assertThat(loop.failures()).isEmpty();
            }
            assertThat(datapath.maps().frontends().maxEntries()).isEqualTo(64);
            assertThat(datapath.maps().services().maxEntries()).isEqualTo(64);
            assertThat(datapath.maps().slots().maxEntries()).isGreaterThan(180);
            assertThat(datapath.maps().frontends().count()).isEqualTo(59);
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.extents().corrupt()).isEmpty();
            assertThat(datapath.extents().published()).hasSize(59);
            assertThat(place.bpffs.resolve("maps").toFile().list()).noneMatch(name -> name.endsWith("_next"));
        }
    }

    @Test
    void batchesGrowToo() {
        try (Datapath datapath = Datapath.open(place.config().withEntries(SMALL))) {
            Map<FrontendKey, Frontend> entries = new HashMap<>();
            for (int i = 0; i < 3000; i++) {
                entries.put(
                        new FrontendKey(IpAddress.ofV4(0x0a600000 + i), 80, Protocol.UDP),
                        Frontend.clusterIp(i, false));
            }
            datapath.maps().frontends().putAll(entries);
            assertThat(datapath.maps().frontends().count()).isEqualTo(3000);
        }
    }

    @Test
    void roomIsMadeForSeveralMapsAtOnce() {
        try (Datapath datapath = Datapath.open(place.config().withEntries(SMALL))) {
            int service = TestExtents.publish(datapath, "10.96.0.1", 80, 3);
            Extent extent = datapath.extents().read(service).orElseThrow();
            datapath.ensure(Map.of("slots", 1000, "services", 100, "backends", 100, "frontends", 2, "flows", 1 << 30));
            assertThat(datapath.maps().slots().maxEntries()).isEqualTo(1024);
            assertThat(datapath.maps().services().maxEntries()).isEqualTo(128);
            assertThat(datapath.maps().frontends().maxEntries()).isEqualTo(4);
            assertThat(datapath.extents().read(service)).contains(extent);
            assertThat(datapath.extents().usage().slotsCapacity()).isEqualTo(1024);
            datapath.extents().publish(TestExtents.local(99, datapath, 80, 90));
            assertThat(datapath.extents().read(99)).isPresent();
        }
    }

    @Test
    void aMapThatMayNotBecomeThatLargeStaysAsItIs() {
        try (Datapath datapath = Datapath.open(place.config().withEntries(SMALL))) {
            assertThatThrownBy(() -> datapath.ensure(Map.of("backends", (1 << 20) + 1, "slots", 1000)))
                    .isInstanceOf(MapFullException.class)
                    .hasMessageContaining("raise map-backends in the configuration");
            assertThat(datapath.maps().slots().maxEntries()).isEqualTo(16);
        }
    }

    @Test
    void configuredSizesArriveAtTheNextStart() {
        try (Datapath datapath = Datapath.open(place.config().withEntries(SMALL))) {
            TestExtents.publish(datapath, "10.96.0.1", 80, 3);
        }
        try (Datapath datapath = Datapath.open(place.config().withEntries(Map.of("slots", 100, "flows", 1000)))) {
            assertThat(datapath.maps().slots().maxEntries()).isEqualTo(128);
            assertThat(datapath.extents().published()).hasSize(1);
            assertThat(datapath.maps().flows().maxEntries())
                    .as("programs write it")
                    .isEqualTo(262_144);
        }
    }

    @Test
    void aGrowthThatWasCutShortBeforeTheRenameLeavesNothing() throws Exception {
        try (Datapath datapath = Datapath.open(place.config())) {
            TestExtents.publish(datapath, "10.96.0.1", 80, 3);
        }
        try (BpfMap larger = BpfMap.create(MapSpec.of("slots", MapType.HASH, 4, 32, 10))) {
            larger.pin(place.bpffs.resolve("maps/slots_next"));
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(place.bpffs.resolve("maps/slots_next")).doesNotExist();
            assertThat(datapath.extents().published()).hasSize(1);
        }
    }

    @Test
    void aStartThatWasCutShortIsFinishedByTheNext() throws Exception {
        Datapath.open(place.config()).close();
        for (String map : new String[] {"slots", "flows", "drops", "reject_bucket", "sock_peer"}) {
            Files.delete(place.bpffs.resolve("maps").resolve(map));
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.maps().list()).hasSize(Tables.ALL.size());
            assertThat(place.bpffs.resolve("maps/reject_bucket")).exists();
        }
    }
}
