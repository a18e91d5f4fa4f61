// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.BpfMap;
import io.culvert.loader.InvalidObjectException;
import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.CgroupKey;
import io.culvert.maps.Control;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.MapEntry;
import io.culvert.maps.MapSummary;
import io.culvert.maps.MappedArray;
import io.culvert.maps.Tables;
import io.culvert.maps.layout.Numbers;
import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

@KernelTest
final class DatapathKernelTest {

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    @Test
    void pinsEveryMapAndEveryProgram() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.attachSockets(place.cgroup);
            assertThat(datapath.maps().list())
                    .extracting(MapSummary::name)
                    .containsExactlyElementsOf(
                            Tables.ALL.stream().map(table -> table.name()).toList());
            assertThat(place.bpffs.resolve("maps/control")).exists();
            assertThat(datapath.attachments()).hasSize(8).allSatisfy((name, text) -> {
                assertThat(place.bpffs.resolve("links").resolve(name)).exists();
                assertThat(text).doesNotContain("gone");
            });
        }
        assertThat(place.bpffs.resolve("links")).as("after close").isNotEmptyDirectory();
    }

    @Test
    void theNextStartTakesOverMapsLinksAndIds() {
        Extent before;
        Map<String, String> attached;
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.attachSockets(place.cgroup);
            int service = TestExtents.publish(datapath, "10.96.0.1", 8080, 3);
            before = datapath.extents().read(service).orElseThrow();
            attached = datapath.attachments();
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.extents().read(before.service())).contains(before);
            assertThat(datapath.maps().frontends().get(TestExtents.tcp("10.96.0.1")))
                    .contains(Frontend.clusterIp(before.service(), false));
            assertThat(datapath.backendIds().used()).isEqualTo(3);
            assertThat(before.backends())
                    .allMatch(backend -> datapath.backendIds().isPublished(backend.id()));
            assertThat(datapath.attachments()).containsOnlyKeys(attached.keySet());
            assertThat(datapath.extents().reserve()).isNotEqualTo(before.service());
        }
    }

    @Test
    void A21_30_whetherNodePortsAreProtectedFromBindIsASetting() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.attachSockets(place.cgroup, Set.of(SocketPrograms.PROTECT_NODE_PORTS));
            assertThat(datapath.attachments()).hasSize(10);
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.attachments()).as("adopted").hasSize(10);
            datapath.attachSockets(place.cgroup);
            assertThat(datapath.attachments())
                    .hasSize(8)
                    .allSatisfy((name, _) -> assertThat(name).doesNotContain("bind"));
        }
    }

    @Test
    void whetherSocketsTellOfTheirEndIsASetting() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.attachSockets(place.cgroup, EnumSet.allOf(SocketPrograms.class));
            assertThat(datapath.attachments()).hasSize(12);
            datapath.attachSockets(place.cgroup, Set.of(SocketPrograms.TELL_ENDS));
            assertThat(datapath.attachments()).hasSize(9);
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.attachments()).as("adopted").hasSize(9);
            datapath.attachSockets(place.cgroup);
            assertThat(datapath.attachments())
                    .hasSize(8)
                    .allSatisfy((name, _) -> assertThat(name).doesNotContain("ops"));
        }
    }

    @Test
    void A8_12_theNextStartKnowsTheBackendsOfClients() {
        AffinityKey client = new AffinityKey(7, IpAddress.of("10.1.0.2"));
        Affinity backend = new Affinity(11, 3, 1_000_000);
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.maps().affinity().put(client, backend);
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.maps().affinity().get(client)).contains(backend);
        }
    }

    /// `flows` may hold connections that were opened when nobody counted them.
    @Test
    void countsOfOpenedConnectionsThatAreNewBesideAnOldFlowTableKnowOfAll() throws Exception {
        Datapath.open(place.config()).close();
        assertThat(opened()).containsOnly(0);
        Datapath.open(place.config()).close();
        assertThat(opened()).containsOnly(0);
        Files.delete(place.bpffs.resolve("maps/flow_marks"));
        Datapath.open(place.config()).close();
        assertThat(opened()).containsOnly(1);
    }

    private List<Integer> opened() {
        BpfMap map = BpfMap.openPinned(place.bpffs.resolve("maps/flow_marks")).orElseThrow();
        try (var counts = new MappedArray<>(Tables.FLOW_MARKS.name(), Numbers.U32, map)) {
            return IntStream.range(0, counts.maxEntries()).mapToObj(counts::get).toList();
        }
    }

    @Test
    void anotherLayoutIsRefusedAndNotTouched() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.attachSockets(place.cgroup);
            datapath.maps().control().set(0, Control.EMPTY.withLayoutVersion(7));
        }
        assertThatThrownBy(() -> Datapath.open(place.config()))
                .isInstanceOf(ForeignLayoutException.class)
                .hasMessage(
                        "open maps in %s: they have layout 7, this agent reads layout %d; run the agent that made them,"
                                        .formatted(place.bpffs, Control.LAYOUT_VERSION)
                                + " or culvert cleanup --bpffs %s and start again".formatted(place.bpffs));
        assertThatThrownBy(() -> DatapathPins.open(place.bpffs)).isInstanceOf(ForeignLayoutException.class);
        assertThat(place.bpffs.resolve("links")).isNotEmptyDirectory();
    }

    @Test
    void aMapOfAnotherShapeIsRefused() throws Exception {
        Datapath.open(place.config()).close();
        Path frontends = place.bpffs.resolve("maps/frontends");
        Files.delete(frontends);
        Files.move(place.bpffs.resolve("maps/opted_out"), frontends);
        assertThatThrownBy(() -> Datapath.open(place.config()))
                .isInstanceOf(ForeignLayoutException.class)
                .hasMessageContaining("map frontends is HASH with keys of 8 and values of 1 bytes, this agent expects");
        assertThat(frontends).exists();
    }

    @Test
    void mapsWithoutControlAreNotOurs() throws Exception {
        Datapath.open(place.config()).close();
        Files.delete(place.bpffs.resolve("maps/control"));
        assertThatThrownBy(() -> Datapath.open(place.config()))
                .isInstanceOf(ForeignLayoutException.class)
                .hasMessageContaining("there is no map control");
        assertThat(place.bpffs.resolve("maps/control")).doesNotExist();
    }

    @Test
    void aDirectoryThatIsNoBpffsIsRefused() {
        assertThatThrownBy(() -> Datapath.open(DatapathConfig.of(Path.of("/tmp/culvert-no-bpffs"))))
                .isInstanceOf(InvalidObjectException.class)
                .hasMessageContaining("mount -t bpf");
        assertThat(Path.of("/tmp/culvert-no-bpffs")).doesNotExist();
    }

    @Test
    void programsOfVanishedTargetsAreRemoved() throws Exception {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.attachSockets(place.cgroup);
        }
        Files.delete(place.cgroup);
        Files.createDirectory(place.cgroup);
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.attachments())
                    .as("links of the cgroup that went")
                    .isEmpty();
            datapath.attachSockets(place.cgroup);
            assertThat(datapath.attachments()).hasSize(8);
        }
    }

    @Test
    void packetProgramsComeAndGoWithTheirInterface() throws Exception {
        String veth = "cvm" + ProcessHandle.current().pid() % 100_000;
        run("ip", "link", "add", veth, "type", "veth", "peer", "name", veth + "p");
        try (Datapath datapath = Datapath.open(place.config())) {
            int ifindex = Integer.parseInt(
                    Files.readString(Path.of("/sys/class/net", veth, "ifindex")).strip());
            int peer = Integer.parseInt(Files.readString(Path.of("/sys/class/net", veth + "p", "ifindex"))
                    .strip());
            datapath.attachPod(ifindex);
            datapath.attachPod(ifindex);
            datapath.attachPod(peer);
            assertThat(datapath.pods()).containsExactlyInAnyOrder(ifindex, peer);
            datapath.retainPods(Set.of(ifindex));
            assertThat(datapath.pods()).containsExactly(ifindex);
            run("ip", "link", "del", veth);
            datapath.configure(DatapathSettings.DEFAULT.withNodeAddresses(
                    Optional.of(IpAddress.of("10.0.0.1")), Optional.empty()));
            assertThat(datapath.pods())
                    .as("found gone when its program was replaced")
                    .isEmpty();
            datapath.detachPod(ifindex);
        } finally {
            new ProcessBuilder("ip", "link", "del", veth).start().waitFor();
        }
    }

    @Test
    void cgroupsOptOut() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.control().optOut(Set.of(1L, 2L));
            datapath.control().optOut(Set.of(2L, 3L));
            assertThat(datapath.maps().optedOut().keys()).containsExactlyInAnyOrder(new CgroupKey(2), new CgroupKey(3));
            assertThat(datapath.maps().control().get(0)).isEqualTo(Control.EMPTY.withOptedOut(2));
            datapath.control().optOut(Set.of());
            assertThat(datapath.maps().control().get(0).optedOut()).isZero();
        }
    }

    @Test
    void theCommandLineReadsWithoutAnAgent() {
        assertThat(DatapathPins.open(place.bpffs)).isEmpty();
        assertThat(place.bpffs).as("looking leaves no trace").doesNotExist();
        try (Datapath datapath = Datapath.open(place.config())) {
            TestExtents.publish(datapath, "10.96.0.1", 8080, 1);
        }
        try (MapCatalogue maps = DatapathPins.open(place.bpffs).orElseThrow()) {
            assertThat(maps.dump("frontends").orElseThrow())
                    .containsExactly(new MapEntry("TCP 10.96.0.1:80", "service 0, ClusterIP"));
            assertThat(maps.dump("services").orElseThrow())
                    .containsExactly(new MapEntry("service 0", "extent at slot 0, 1 backend, plain"));
            assertThat(maps.dump("slots").orElseThrow())
                    .containsExactly(
                            new MapEntry(
                                    "slot 0",
                                    "header of service 0, generation 1: local [0, 1), cluster [0, 1), random"),
                            new MapEntry("slot 1", "127.0.0.1:8080 id 1/0 weight 1 local"));
            assertThat(maps.dump("backends").orElseThrow()).containsExactly(new MapEntry("backend 1", "id 1/0"));
            assertThat(maps.dump("nonsense")).isEmpty();
            assertThat(maps.list())
                    .filteredOn(map -> map.name().equals("slots"))
                    .singleElement()
                    .satisfies(slots -> assertThat(slots.used()).hasValue(2));
        }
    }

    @Test
    void removeLeavesNothing() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.attachSockets(place.cgroup);
        }
        DatapathPins.remove(place.bpffs);
        assertThat(place.bpffs).doesNotExist();
        DatapathPins.remove(place.bpffs);
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
