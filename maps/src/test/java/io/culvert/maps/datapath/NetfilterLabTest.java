// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendFlag.LOCAL_SET;
import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketBuilder.bare;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.FrontendFlag;
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
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.packet.PacketView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Rules of others in the node's netfilter, beside our programs: those that drop what the kernel's conntrack calls
/// INVALID, and the NAT of a CNI.
@LabTest
class NetfilterLabTest {

    private static final String INVALID_DROPPED = """
            table inet lab {
              counter invalid { }
              chain forward { type filter hook forward priority 0; ct state invalid counter name invalid drop; }
              chain input { type filter hook input priority 0; ct state invalid counter name invalid drop; }
            }
            """;

    private static Lab lab;
    private static LabNode node;
    private static LabPrograms programs;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("here", PodAttachment.ROUTED, "r1", "r2")
                .node("there", PodAttachment.BRIDGED, "b1")
                .create();
        node = lab.node("here");
        programs = LabPrograms.load(node)
                .attachSockets(node.cgroupRoot())
                .attachPods(node)
                .attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
        for (IpFamily family : IpFamily.values()) {
            programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
        }
        lab.pods().forEach(pod -> pod.sockets().serve(8080));
        lab.outside().sockets().serve(9090);
    }

    @AfterAll
    static void remove() {
        programs.close();
        lab.close();
    }

    @BeforeEach
    void clear() {
        programs.tables.clear();
    }

    @AfterEach
    void removeRules() {
        node.exec("nft", "delete", "table", "inet", "lab");
    }

    private static void rules(String text) {
        node.exec("nft", text).orThrow();
    }

    private static void service(FrontendType type, IpFamily family, Set<FrontendFlag> flags, String backend) {
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            String wildcard = family == IpFamily.IPV4 ? "0.0.0.0" : "::";
            IpAddress address = IpAddress.of(type == NODE_PORT ? wildcard : vip(family));
            FrontendKey key = new FrontendKey(address, type == NODE_PORT ? 30080 : 80, protocol);
            programs.tables.service(key, type, flags, List.of(backend), List.of());
        }
    }

    private static String vip(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    private static String end(LabPod pod, IpFamily family) {
        return "[" + pod.ip(family) + "]:8080";
    }

    /// Packets of a pod that no socket hook sees.
    private static LabHost client() {
        return lab.pod("r1").outsideOfCgroup();
    }

    private static void transfers(LabHost client, Dial dial) {
        String text = "0123456789abcdef".repeat(100_000);
        try (TcpConnection connection = client.sockets().openTcp(dial)) {
            assertThat(connection.exchange(text).answer().echo()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @EnumSource
    void A21_08_aNodeThatDropsInvalidPacketsServesClusterIpsAndNodePorts(IpFamily family) {
        rules(INVALID_DROPPED);
        for (String backend : List.of("r2", "b1")) {
            clear();
            service(CLUSTER_IP, family, Set.of(), end(lab.pod(backend), family));
            service(NODE_PORT, family, Set.of(), end(lab.pod(backend), family));
            Dial cluster = Dial.to(vip(family), 80);
            Dial nodePort = Dial.to(node.ip(family), 30080);

            transfers(client(), cluster);
            transfers(lab.outside(), nodePort);
            transfers(node.outsideOfCgroup(), cluster);
            for (Outcome.Answer answer : List.of(
                    client().sockets().udp(cluster).answer(),
                    lab.outside().sockets().udp(nodePort).answer())) {
                assertThat(answer.server()).isEqualTo(backend);
            }
        }
        clear();
        service(NODE_PORT, family, Set.of(LOCAL_SET), end(lab.pod("r2"), family));
        transfers(lab.outside(), Dial.to(node.ip(family), 30080));
        assertThat(invalid()).contains("packets 0 ");
    }

    private static String invalid() {
        return node.exec("nft", "list", "counter", "inet", "lab", "invalid").orThrow();
    }

    /// As upstream's end-to-end test of the "invalid conntrack state bug": the server's pod sends its client a segment
    /// that is far outside of the window.
    @ParameterizedTest
    @CsvSource({"IPV4, false", "IPV4, true", "IPV6, false", "IPV6, true"})
    void A13_13_aSegmentOutsideOfTheWindowResetsNoClient(IpFamily family, boolean dropped) {
        if (dropped) {
            rules(INVALID_DROPPED);
        }
        LabPod server = lab.pod("r2");
        service(CLUSTER_IP, family, Set.of(), end(server, family));
        try (TcpConnection connection = client().sockets().openTcp(Dial.to(vip(family), 80))) {
            connection.exchange("before").answer();
            List<byte[]> seen = new ArrayList<>();
            for (int sequence : new int[] {0x10000000, 0x60000000, 0xA0000000, 0xE0000000}) {
                seen.addAll(injected(server, connection.local(), sequence));
            }
            assertThat(seen).noneMatch(frame -> PacketView.of(frame).flags().contains(RST));
            if (dropped) {
                assertThat(invalid()).as("conntrack saw them").doesNotContain("packets 0 ");
            } else {
                assertThat(seen)
                        .as("acknowledgements of a client that got them")
                        .isNotEmpty();
            }
            Outcome.Answer after = connection.exchange("after").answer();
            assertThat(after.server()).isEqualTo("r2");
            assertThat(after.peer()).isEqualTo(new SocketName(IpAddress.of(vip(family)), 80));
        }
    }

    private static List<byte[]> injected(LabPod server, SocketName client, int sequence) {
        byte[] segment = bare().ip(server.ip(client.address().family()), client.address())
                .tcp(
                        8080,
                        client.port(),
                        tcp -> tcp.flags(ACK)
                                .sequence(sequence)
                                .acknowledgement(sequence)
                                .window(1000))
                .payload("boom")
                .toBytes();
        return server.sockets().raw(segment, 2, Duration.ofMillis(300));
    }

    /// What the CNI plug-in portmap does for a hostPort.
    @ParameterizedTest
    @EnumSource
    void A21_07_hostPortsWorkAndANodePortOfTheSameNumberWins(IpFamily family) {
        IpAddress to = node.ip(family);
        String ip = family == IpFamily.IPV4 ? "ip" : "ip6";
        StringBuilder rules =
                new StringBuilder("table inet lab {\nchain pre {\ntype nat hook prerouting priority -100;\n");
        for (int port : new int[] {8888, 30080, 30081}) {
            String pod = family == IpFamily.IPV4
                    ? lab.pod("r1").ip(family) + ":8080"
                    : "[" + lab.pod("r1").ip(family) + "]:8080";
            rules.append("%s daddr %s tcp dport %d dnat %s to %s\n".formatted(ip, to, port, ip, pod));
        }
        rules(rules + "}\n}\n");
        service(NODE_PORT, family, Set.of(), end(lab.pod("r2"), family));

        for (int hostPort : new int[] {8888, 30081}) {
            Outcome.Answer answer = lab.outside().sockets().tcp(to, hostPort).answer();
            assertThat(answer.server()).as("hostPort " + hostPort).isEqualTo("r1");
            assertThat(answer.seen().address()).isEqualTo(answer.local().address());
        }
        Outcome.Answer both = lab.outside().sockets().tcp(to, 30080).answer();
        assertThat(both.server()).isEqualTo("r2");
        assertThat(both.peer()).isEqualTo(new SocketName(to, 30080));
    }

    /// A CNI masquerades what pods send out of the cluster: the endpoint must see that, and the pod the Service.
    @ParameterizedTest
    @EnumSource
    void A21_09_anEndpointOutsideOfTheClusterIsMasqueradedByTheCni(IpFamily family) {
        String ip = family == IpFamily.IPV4 ? "ip" : "ip6";
        String pods = node.podRange(family);
        rules("""
                table inet lab {
                  chain post {
                    type nat hook postrouting priority 100;
                    %s saddr %s %s daddr != %s masquerade
                  }
                }
                """.formatted(ip, pods, ip, pods));
        IpAddress outside = lab.outside()
                .sockets()
                .tcp(outsideOf(family), 9090)
                .answer()
                .reached()
                .address();
        service(CLUSTER_IP, family, Set.of(), "[" + outside + "]:9090");

        for (Outcome.Answer answer : List.of(
                client().sockets().tcp(vip(family), 80).answer(),
                client().sockets().udp(vip(family), 80).answer())) {
            assertThat(answer.server()).isEqualTo(lab.outside().name());
            assertThat(answer.seen().address()).isEqualTo(node.ip(family));
            assertThat(answer.peer()).isEqualTo(new SocketName(IpAddress.of(vip(family)), 80));
        }
        transfers(client(), Dial.to(vip(family), 80));
    }

    /// The gateway of the nodes.
    private static IpAddress outsideOf(IpFamily family) {
        String flag = family == IpFamily.IPV4 ? "-4" : "-6";
        String[] words =
                node.exec("ip", flag, "route", "show", "default").orThrow().split("\\s+");
        return IpAddress.of(words[List.of(words).indexOf("via") + 1]);
    }
}
