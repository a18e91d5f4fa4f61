// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabServer;
import io.culvert.testkit.lab.UdpSocket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// NodePorts on real sockets, on addresses of the node and on loopback addresses.
@LabTest
class SocketNodePortLabTest {

    private static final int NODE_PORT = FrontendLab.NODE_PORT;
    private static FrontendLab frontends;
    private LabPrograms programs;

    @BeforeAll
    static void create() {
        frontends = new FrontendLab();
    }

    @AfterAll
    static void remove() {
        frontends.close();
    }

    @BeforeEach
    void load() {
        programs = frontends.load(true);
    }

    @AfterEach
    void unload() {
        frontends.unload();
    }

    @ParameterizedTest
    @EnumSource
    void A10_01_A10_18_theNodeReachesItsOwnNodePort(IpFamily family) {
        frontends.nodePort(TCP, family, FrontendFlag.NEEDS_CLIENT);
        frontends.nodePort(UDP, family, FrontendFlag.NEEDS_CLIENT);
        String address = frontends.node.ip(family).toString();

        frontends.assertAnswers(frontends.node.sockets().tcp(address, NODE_PORT), address, NODE_PORT);
        frontends.assertAnswers(frontends.node.sockets().udp(address, NODE_PORT), address, NODE_PORT);
        frontends.assertAnswers(frontends.node.sockets().connectedUdp(Dial.to(address, NODE_PORT)), address, NODE_PORT);
    }

    @ParameterizedTest
    @EnumSource
    void A10_10_theNodeReachesNodePortsOnLoopbackAddresses(IpFamily family) {
        frontends.nodePort(TCP, family, FrontendFlag.NEEDS_CLIENT);
        frontends.nodePort(UDP, family, FrontendFlag.NEEDS_CLIENT);
        String address = FrontendLab.loopback(family);

        frontends.assertAnswers(frontends.node.sockets().tcp(address, NODE_PORT), address, NODE_PORT);
        frontends.assertAnswers(frontends.node.sockets().udp(address, NODE_PORT), address, NODE_PORT);
        frontends.assertAnswers(frontends.node.sockets().connectedUdp(Dial.to(address, NODE_PORT)), address, NODE_PORT);
        frontends.assertAnswers(
                frontends.node.sockets().tcp(FrontendLab.wildcard(family), NODE_PORT),
                FrontendLab.wildcard(family),
                NODE_PORT);
    }

    @Test
    void A10_10_onEveryAddressOf127AndThroughIpv6Sockets() {
        frontends.nodePort(TCP, IpFamily.IPV4);

        frontends.assertAnswers(frontends.node.sockets().tcp("127.45.67.89", NODE_PORT), "127.45.67.89", NODE_PORT);
        frontends.assertAnswers(
                frontends.node.sockets().tcp(Dial.to("127.0.0.1", NODE_PORT).mapped()), "127.0.0.1", NODE_PORT);
        assertThat(frontends
                        .node
                        .sockets()
                        .tcp("127.0.0.1", NODE_PORT + 1)
                        .failure()
                        .errno())
                .as("no NodePort")
                .isEqualTo("ECONNREFUSED");
    }

    @ParameterizedTest
    @EnumSource
    void A10_10_withoutTheSettingLoopbackIsTheNodesOwn(IpFamily family) {
        frontends.load(false);
        frontends.nodePort(TCP, family);

        assertThat(frontends
                        .node
                        .sockets()
                        .tcp(FrontendLab.loopback(family), NODE_PORT)
                        .failure()
                        .errno())
                .isEqualTo("ECONNREFUSED");
        assertThat(frontends
                        .node
                        .sockets()
                        .tcp(FrontendLab.wildcard(family), NODE_PORT)
                        .failure()
                        .errno())
                .isEqualTo("ECONNREFUSED");
    }

    /// CVE-2020-8558 was about the node's loopback reached from elsewhere; a pod's own is as private.
    @ParameterizedTest
    @EnumSource
    void A10_10_theLoopbackOfAPodIsItsOwn(IpFamily family) {
        frontends.nodePort(TCP, family);
        frontends.nodePort(UDP, family);

        for (String address : List.of(FrontendLab.loopback(family), FrontendLab.wildcard(family))) {
            assertThat(frontends
                            .client
                            .sockets()
                            .tcp(address, NODE_PORT)
                            .answer()
                            .server())
                    .as(address)
                    .isEqualTo("client");
            assertThat(frontends
                            .client
                            .sockets()
                            .udp(address, NODE_PORT)
                            .answer()
                            .server())
                    .as(address)
                    .isEqualTo("client");
        }
    }

    @Test
    void A10_07_anAddressThatServesNoNodePortsIsLeftToTheHost() {
        frontends.nodePort(TCP, IpFamily.IPV4);

        assertThat(frontends
                        .node
                        .sockets()
                        .tcp("198.18.0.1", NODE_PORT)
                        .failure()
                        .errno())
                .isEqualTo("ECONNREFUSED");
        assertThat(frontends.tables().drops(DropReason.NO_BACKEND)).isZero();
    }

    @Test
    void A10_11_A21_24_theNodePortWinsOverAProcessOfTheNode() {
        try (LabServer _ = frontends.node.sockets().serveTcp(NODE_PORT)) {
            String address = frontends.node.ip(IpFamily.IPV4).toString();
            assertThat(frontends.node.sockets().tcp(address, NODE_PORT).answer().server())
                    .isEqualTo("n1");

            frontends.nodePort(TCP, IpFamily.IPV4);

            frontends.assertAnswers(frontends.node.sockets().tcp(address, NODE_PORT), address, NODE_PORT);
        }
    }

    @Test
    void A5_13_otherPortsOfTheNodeAreItsOwn() {
        frontends.nodePort(TCP, IpFamily.IPV4);
        try (LabServer _ = frontends.node.sockets().serveTcp(31000)) {
            assertThat(frontends
                            .client
                            .sockets()
                            .tcp(frontends.node.ip(IpFamily.IPV4), 31000)
                            .answer()
                            .server())
                    .isEqualTo("n1");
        }
    }

    @Test
    void A13_19_aDatagramSocketConnectedToANodePortLeavesABackendThatIsGone() {
        frontends.server.sockets().serveUdp(8081);
        TestService service = frontends.nodePort(UDP, IpFamily.IPV4);
        programs.attachPods(frontends.node);
        IpAddress address = frontends.node.ip(IpFamily.IPV4);

        try (UdpSocket socket = frontends.client.sockets().connectUdp(Dial.to(address, NODE_PORT))) {
            assertThat(socket.send("one").answer().reached().port()).isEqualTo(8080);
            frontends.tables().change(service, frontends.server.ip(IpFamily.IPV4) + ":8081");
            assertThat(socket.send("two").answer().reached().port()).isEqualTo(8081);
        }
    }
}
