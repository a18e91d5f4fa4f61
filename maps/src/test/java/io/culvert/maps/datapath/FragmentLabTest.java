// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.UdpSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Datagrams that do not fit into a packet, and answers as large, through the packet path of two nodes: with netfilter
/// putting them together between the programs (conntrack), and without.
@LabTest
class FragmentLabTest {

    private static final List<Integer> SIZES = List.of(4_000, 60_000);
    private static final List<LabPrograms> PROGRAMS = new ArrayList<>();

    private static Lab lab;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("routed", PodAttachment.ROUTED, "r1", "r2")
                .node("bridged", PodAttachment.BRIDGED, "b1", "b2")
                .create();
        for (LabNode node : lab.nodes()) {
            LabPrograms programs = LabPrograms.load(node)
                    .attachPods(node)
                    .attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
            for (IpFamily family : IpFamily.values()) {
                programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
            }
            PROGRAMS.add(programs);
        }
        lab.pods().forEach(pod -> pod.sockets().serveUdp(8080));
    }

    @AfterAll
    static void remove() {
        PROGRAMS.forEach(LabPrograms::close);
        lab.close();
    }

    @BeforeEach
    void clear() {
        PROGRAMS.forEach(programs -> programs.tables.clear());
        lab.nodes().forEach(node -> node.exec("nft", "delete", "table", "inet", "seen"));
    }

    /// Has netfilter track connections, for which it puts datagrams together before routing.
    private static void track() {
        for (LabNode node : lab.nodes()) {
            node.exec("nft", "add", "table", "inet", "seen").orThrow();
            node.exec("nft", "add chain inet seen forward { type filter hook forward priority 0; }")
                    .orThrow();
            node.exec("nft", "add rule inet seen forward ip length > 1500 ct state established,new counter accept")
                    .orThrow();
            node.exec("nft", "add rule inet seen forward ip6 length > 1460 ct state established,new counter accept")
                    .orThrow();
        }
    }

    private static void assertWhole(boolean tracked) {
        if (tracked) {
            assertThat(lab.node("routed")
                            .exec("nft", "list", "chain", "inet", "seen", "forward")
                            .orThrow())
                    .as("datagrams that netfilter has put together")
                    .containsPattern("packets [1-9]");
        }
    }

    private static void service(FrontendType type, IpFamily family, LabPod backend) {
        for (LabPrograms programs : PROGRAMS) {
            boolean v4 = family == IpFamily.IPV4;
            String address = type == NODE_PORT ? (v4 ? "0.0.0.0" : "::") : vip(family);
            FrontendKey key = new FrontendKey(IpAddress.of(address), type == NODE_PORT ? 30080 : 80, Protocol.UDP);
            programs.tables.service(key, type, Set.of(), List.of(), List.of("[" + backend.ip(family) + "]:8080"));
        }
    }

    private static String vip(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    static Stream<Arguments> cases() {
        return Stream.of(IpFamily.values())
                .flatMap(family -> Stream.of(false, true).map(tracked -> Arguments.of(family, tracked)));
    }

    private static void assertLargeAnswers(LabHost client, String address, int port, LabPod backend) {
        for (int size : SIZES) {
            String text = "0123456789".repeat(size / 10);
            try (UdpSocket socket = client.sockets().openUdp(Dial.to(address, port))) {
                for (int i = 0; i < 3; i++) {
                    Outcome.Answer answer =
                            socket.sendTo(Dial.to(address, port), text).answer();
                    assertThat(answer.server()).isEqualTo(backend.name());
                    assertThat(answer.echo()).isEqualTo(text);
                    assertThat(answer.peer()).isEqualTo(new SocketName(IpAddress.of(address), port));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void A12_03_largeDatagramsOfPodsReachAClusterIp(IpFamily family, boolean tracked) {
        if (tracked) {
            track();
        }
        for (String way : List.of("r1 r2", "r1 b1", "b1 r1", "b1 b2", "r1 r1", "b1 b1")) {
            LabPod client = lab.pod(way.split(" ")[0]);
            LabPod backend = lab.pod(way.split(" ")[1]);
            PROGRAMS.forEach(programs -> programs.tables.clear());
            service(CLUSTER_IP, family, backend);

            assertLargeAnswers(client, vip(family), 80, backend);
        }
        assertWhole(tracked);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void A12_03_largeDatagramsFromOutsideReachANodePort(IpFamily family, boolean tracked) {
        if (tracked) {
            track();
        }
        for (LabNode node : lab.nodes()) {
            for (String name : List.of("r1", "b1")) {
                PROGRAMS.forEach(programs -> programs.tables.clear());
                service(NODE_PORT, family, lab.pod(name));

                assertLargeAnswers(lab.outside(), node.ip(family).toString(), 30080, lab.pod(name));
            }
        }
        assertWhole(tracked);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void A12_03_largeDatagramsOfTheNodePastItsSocketsReachAClusterIp(IpFamily family, boolean tracked) {
        if (tracked) {
            track();
        }
        for (String name : List.of("r1", "b1")) {
            PROGRAMS.forEach(programs -> programs.tables.clear());
            service(CLUSTER_IP, family, lab.pod(name));

            assertLargeAnswers(lab.node("routed"), vip(family), 80, lab.pod(name));
        }
    }
}
