// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendFlag.LOCAL_SET;
import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
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
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// All programs on a real node: NodePorts from outside, and what the node sends past its sockets.
@LabTest
class NodePathLabTest {

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
        node.sockets().serve(8080);
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

    private static String end(LabPod pod, IpFamily family) {
        return "[" + pod.ip(family) + "]:8080";
    }

    private static TestService service(
            Protocol protocol, FrontendType type, IpFamily family, Set<FrontendFlag> flags, LabPod backend) {
        boolean v4 = family == IpFamily.IPV4;
        String address = type == NODE_PORT ? (v4 ? "0.0.0.0" : "::") : vip(family);
        FrontendKey key = new FrontendKey(IpAddress.of(address), type == NODE_PORT ? 30080 : 80, protocol);
        return programs.tables.service(key, type, flags, List.of(end(backend, family)), List.of());
    }

    private static String vip(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    @ParameterizedTest
    @EnumSource
    void A6_08_A6_36_A10_01_nodePortFromOutsideIsMasqueradedToEitherNode(IpFamily family) {
        for (String name : List.of("r1", "b1")) {
            LabPod backend = lab.pod(name);
            clear();
            service(Protocol.TCP, NODE_PORT, family, Set.of(), backend);
            service(Protocol.UDP, NODE_PORT, family, Set.of(), backend);
            String address = node.ip(family).toString();

            for (Outcome.Answer answer : List.of(
                    lab.outside().sockets().tcp(address, 30080).answer(),
                    lab.outside().sockets().udp(address, 30080).answer())) {
                assertThat(answer.server()).isEqualTo(name);
                assertThat(answer.peer()).isEqualTo(new SocketName(node.ip(family), 30080));
                assertThat(answer.seen().address()).isEqualTo(node.ip(family));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void A6_17_A10_14_externalPolicyLocalKeepsTheClientsAddress(IpFamily family) {
        service(Protocol.TCP, NODE_PORT, family, Set.of(LOCAL_SET), lab.pod("r1"));
        String address = node.ip(family).toString();

        Outcome.Answer answer = lab.outside().sockets().tcp(address, 30080).answer();

        assertThat(answer.server()).isEqualTo("r1");
        assertThat(answer.seen()).isEqualTo(answer.local());
    }

    @ParameterizedTest
    @EnumSource
    void A6_35_A6_43_aBackendInTheNodesNetworkSeesItsClient(IpFamily family) {
        String backend = "[" + node.ip(family) + "]:8080";
        boolean v4 = family == IpFamily.IPV4;
        FrontendKey nodePort = new FrontendKey(IpAddress.of(v4 ? "0.0.0.0" : "::"), 30080, Protocol.TCP);
        TestService service =
                programs.tables.service(nodePort, NODE_PORT, Set.of(LOCAL_SET), List.of(backend), List.of());
        programs.tables.alsoAt(service, CLUSTER_IP, vip(family), 80);

        Outcome.Answer outside =
                lab.outside().sockets().tcp(node.ip(family).toString(), 30080).answer();
        Outcome.Answer pod =
                lab.pod("r1").outsideOfCgroup().sockets().tcp(vip(family), 80).answer();

        for (Outcome.Answer answer : List.of(outside, pod)) {
            assertThat(answer.server()).isEqualTo(node.name());
            assertThat(answer.seen()).isEqualTo(answer.local());
        }
    }

    @ParameterizedTest
    @EnumSource
    void A21_03_whatTheNodeSendsPastItsSocketsReachesEitherNode(IpFamily family) {
        LabHost unseen = node.outsideOfCgroup();
        for (String name : List.of("r1", "b1")) {
            clear();
            service(Protocol.TCP, CLUSTER_IP, family, Set.of(), lab.pod(name));
            service(Protocol.UDP, CLUSTER_IP, family, Set.of(), lab.pod(name));

            for (Outcome.Answer answer : List.of(
                    unseen.sockets().tcp(vip(family), 80).answer(),
                    unseen.sockets().udp(vip(family), 80).answer())) {
                assertThat(answer.server()).isEqualTo(name);
                assertThat(answer.peer()).isEqualTo(new SocketName(IpAddress.of(vip(family)), 80));
                assertThat(answer.seen().address()).isEqualTo(node.ip(family));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void A13_10_A13_19_connectedUdpOfTheNodeLeavesABackendThatIsGone(IpFamily family) {
        for (String to : List.of("r2", "b1")) {
            clear();
            TestService service = service(Protocol.UDP, CLUSTER_IP, family, Set.of(), lab.pod("r1"));
            try (UdpSocket socket = node.sockets().connectUdp(Dial.to(vip(family), 80))) {
                assertThat(socket.send("one").answer().server()).isEqualTo("r1");
                programs.tables.change(service, end(lab.pod(to), family));

                for (int i = 0; i < 3; i++) {
                    Outcome.Answer answer = socket.send("more").answer();
                    assertThat(answer.server()).isEqualTo(to);
                    assertThat(answer.peer()).isEqualTo(new SocketName(IpAddress.of(vip(family)), 80));
                }
            }
        }
    }

    @Test
    void A5_01_whatTheNodeSendsPastItsSocketsIsRefusedAtOnce() {
        FrontendKey key = new FrontendKey(IpAddress.of("10.96.0.10"), 80, Protocol.TCP);
        programs.tables.service(key, CLUSTER_IP, Set.of(), List.of(), List.of());

        Outcome outcome = node.outsideOfCgroup().sockets().tcp("10.96.0.10", 80);

        assertThat(outcome.failure().errno()).isEqualTo("ECONNREFUSED");
    }
}
