// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.BpfObject;
import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Control;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.Frontend;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A node that an agent with an earlier layout served.
@KernelTest(commands = {"clang", "python3"})
final class LayoutMigrationKernelTest {

    private static final String CLIENT = "10.1.0.2";
    private static final String SERVICE = "10.96.0.10";
    private static final String BACKEND = "10.1.7.3";

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    @TempDir
    Path sources;

    private static byte[] syn(int port) {
        return ethernet().ip(CLIENT, SERVICE).tcp(port, 80, SYN).toBytes();
    }

    @Test
    void A17_08_connectionsGoOnUnderAnAgentWithALaterLayout() {
        try (var earlier = new EarlierAgent(place.bpffs, sources)) {
            earlier.service(TCP, "10.96.0.9", 80, "10.1.7.9:9090");
            TestService service = earlier.service(TCP, SERVICE, 80, BACKEND + ":8080");
            assertThatPacket(earlier.ingress(syn(40000)).packet()).hasDestination(BACKEND, 8080);

            try (Datapath datapath = Datapath.open(place.config())) {
                assertThat(datapath.maps().control().get(0).layoutVersion()).isEqualTo(Control.LAYOUT_VERSION);
                assertThat(datapath.maps().frontends().get(service.key()))
                        .contains(Frontend.clusterIp(service.index(), false));
                Flow flow = datapath.maps()
                        .flows()
                        .get(FlowKey.between(
                                TCP, ServiceTables.end(CLIENT + ":40000"), ServiceTables.end(SERVICE + ":80")))
                        .orElseThrow();
                assertThat(flow.role()).isEqualTo(FlowRole.FORWARD);
                assertThat(flow.packets()).as("became wider").isEqualTo(1);
                assertThat(flow.backendId()).isEqualTo(service.id());

                try (PodPrograms pod = PodPrograms.open(object -> reuse(object, datapath))) {
                    byte[] reply = ethernet()
                            .ip(BACKEND, CLIENT)
                            .tcp(8080, 40000, SYN, ACK)
                            .toBytes();
                    assertThatPacket(pod.received(reply)).hasSource(SERVICE, 80);
                    byte[] ack =
                            ethernet().ip(CLIENT, SERVICE).tcp(40000, 80, ACK).toBytes();
                    assertThatPacket(pod.sent(ack)).hasDestination(BACKEND, 8080);
                    assertThatPacket(pod.sent(syn(40001)))
                            .as("a new connection")
                            .hasDestination(BACKEND, 8080);
                }
            }
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.maps().flows().count())
                    .as("taken over once and for all")
                    .isEqualTo(4);
            assertThat(place.bpffs.resolve("maps").toFile().list()).noneMatch(name -> name.endsWith("_next"));
        }
    }

    private static BpfObject reuse(BpfObject object, Datapath datapath) {
        for (String name : object.mapNames()) {
            Tables.named(name).flatMap(datapath.maps()::map).ifPresent(map -> object.reuse(name, map));
        }
        return PodPrograms.atNode(object);
    }

    @Test
    void A17_08_noConnectIsLostWhileMapsAreConverted() throws Exception {
        try (var server = new OneByteServer();
                var earlier = new EarlierAgent(place.bpffs, sources)) {
            earlier.service(TCP, "10.96.0.9", 80, "127.0.0.1:9");
            earlier.service(TCP, SERVICE, 80, "127.0.0.1:" + server.port());
            earlier.attachSockets(place.bpffs, place.cgroup);
            try (var loop = new ConnectLoop(place.cgroup, SERVICE)) {
                loop.progress(2);
                try (Datapath datapath = Datapath.open(place.config())) {
                    loop.progress(2);
                    assertThat(datapath.attachments()).hasSize(2);
                }
                assertThat(loop.failures()).isEmpty();
            }
        }
    }

    @Test
    void A17_08_sessionAffinityIsKept() {
        AffinityKey key = new AffinityKey(7, IpAddress.of(CLIENT));
        try (var earlier = new EarlierAgent(place.bpffs, sources)) {
            // In the order of that layout the offset comes first.
            earlier.tables.put(Tables.AFFINITY, key, new Affinity(3, 11, 1_000_000));
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.maps().affinity().get(key)).contains(new Affinity(11, 3, 1_000_000));
        }
    }

    @Test
    void whatReadsOnlySaysThatTheAgentConverts() {
        try (var _ = new EarlierAgent(place.bpffs, sources)) {
            assertThatThrownBy(() -> DatapathPins.open(place.bpffs))
                    .isInstanceOf(ForeignLayoutException.class)
                    .hasMessageContaining("start its agent, which converts them");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            frontends | (struct frontend .\\s+)__u32 service; | $1__u64 service; | frontend.service was __u64 and is U32
            frontends | (struct frontend .\\s+)__u32 service; | $1__be32 service; | frontend.service was __be32 and is U32
            slots | (__u32 local_count;[^\\n]*)(\\s+)(__u32 cluster_first;[^\\n]*) | $3$2$1 | slot.backend.address.word[0] lies over another member
            """)
    void whatNamesCannotTellIsRefusedAndNothingIsTouched(String map, String member, String changed, String reason) {
        Map<String, byte[]> objects = ChangedSources.compile(sources, Map.of(member, changed), List.of("sock_lb"));
        try (BpfObject object = BpfObject.open("sock_lb", objects.getOrDefault("sock_lb", new byte[0]))) {
            object.programNames().forEach(object::skip);
            object.load();
            try (Datapath datapath = Datapath.open(place.config())) {
                datapath.maps().control().set(0, Control.EMPTY.withLayoutVersion(Control.OLDEST_CONVERTIBLE_LAYOUT));
            }
            place.replace(map, object.map(map));
            assertThatThrownBy(() -> Datapath.open(place.config()))
                    .isInstanceOf(ForeignLayoutException.class)
                    .hasMessage("open maps in %s: map %s cannot be converted: %s;".formatted(place.bpffs, map, reason)
                            + " run the agent that made them, or culvert cleanup --bpffs %s and start again"
                                    .formatted(place.bpffs));
            assertThat(place.bpffs.resolve("maps").toFile().list()).noneMatch(name -> name.endsWith("_next"));
        }
    }
}
