// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.OutsideLab.awaitAnswer;
import static io.culvert.agent.lab.OutsideLab.tcp;
import static io.culvert.agent.lab.OutsideLab.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabServer;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.TcpConnection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients outside of the cluster, beyond a router, reach Services on ports of every node.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class NodePortLabTest {

    private static OutsideLab outside;
    private static ServiceLab services;
    private static LabClient near;
    private static LabNode n1;
    private static LabNode n2;

    @BeforeAll
    static void create() {
        outside = new OutsideLab();
        services = outside.services();
        near = outside.near();
        n1 = outside.n1();
        n2 = outside.n2();
        outside.publish(outside.spread("web", 41).exposed(LabExposure.nodePort(30080)));
        outside.publish(outside.spread("other", 42).exposed(LabExposure.nodePort(30082)));
        outside.publish(outside.spread("third", 43).exposed(LabExposure.nodePort(30083)));
    }

    @AfterAll
    static void remove() {
        outside.close();
    }

    @ParameterizedTest
    @EnumSource
    void A10_01_A6_08_nodePortsAreServedOnEveryNodeAndMasqueraded(IpFamily family) {
        for (LabNode node : services.lab().nodes()) {
            IpAddress address = node.ip(family);
            assertThat(outside.masqueradedServers(() -> tcp(near, address, 30080), family))
                    .containsExactly("web1", "web2");
            assertThat(outside.masqueradedServers(() -> udp(near, address, 30080), family))
                    .containsExactly("web1", "web2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void A10_18_podsAndNodesReachNodePortsOfEitherNode(IpFamily family) {
        for (LabHost client : services.clients()) {
            for (LabNode node : services.lab().nodes()) {
                assertThat(tcp(client, node.ip(family), 30080).answer().server())
                        .startsWith("web");
                assertThat(udp(client, node.ip(family), 30080).answer().server())
                        .startsWith("web");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void A10_13_anotherNodePortIsServedAndTheOldOneIsNot(IpFamily family) {
        LabService moving = outside.spread("moving", family == IpFamily.IPV4 ? 50 : 51);
        int port = family == IpFamily.IPV4 ? 30100 : 30200;
        outside.publish(moving.exposed(LabExposure.nodePort(port)));
        awaitAnswer(() -> tcp(near, n1.ip(family), port));

        services.apply(moving.exposed(LabExposure.nodePort(port + 1)));
        awaitAnswer(() -> tcp(near, n1.ip(family), port + 1));
        assertThat(tcp(near, n1.ip(family), port).failure().stage()).isEqualTo("connect");
        services.delete(moving);
    }

    @ParameterizedTest
    @EnumSource
    void A10_11_aNodePortWinsOverAHostProcessWithItsPort(IpFamily family) {
        LabServer tcp = n1.sockets().serveTcp(30082);
        LabServer udp = n1.sockets().serveUdp(30082);
        assertThat(tcp(near, n1.ip(family), 30082).answer().server()).startsWith("web");
        assertThat(udp(near, n1.ip(family), 30082).answer().server()).startsWith("web");
        tcp.close();
        udp.close();
    }

    @Test
    void A10_07_anotherAddressOfTheNodeServesItsOwnSockets() {
        IpAddress secondary = IpAddress.of("172.30.0.50");
        run(n1, "ip addr add 172.30.0.50/24 dev eth0");
        n1.sockets().serveTcp(30083);

        assertThat(tcp(near, secondary, 30083).answer().server()).isEqualTo("n1");
        assertThat(tcp(near, n1.ip(IpFamily.IPV4), 30083).answer().server()).startsWith("web");
    }

    @Test
    void A10_15_A10_16_A21_15_aNewDeviceCarriesNodePortsToo() {
        String wire = services.lab().outside().netns();
        run(n1, "ip link add eth1 type veth peer name x1 netns " + wire);
        run(n1, "ip addr add 198.51.77.2/24 dev eth1", "ip link set eth1 up");
        run(services.lab().outside(), "ip addr add 198.51.77.1/24 dev x1", "ip link set x1 up");
        outside.awaitDevices("eth0, eth1");
        run(services.lab().outside(), "ip route add 172.30.0.1/32 via 198.51.77.2");

        // The way back is another one: the route to the client leads through eth0.
        assertThat(outside.masqueradedServers(() -> tcp(near, n1.ip(IpFamily.IPV4), 30080), IpFamily.IPV4))
                .containsExactly("web1", "web2");

        run(services.lab().outside(), "ip link del x1");
        outside.awaitDevices("eth0");
    }

    @ParameterizedTest
    @EnumSource
    void connectionsFromOutsideOutliveTheAgent(IpFamily family) {
        List<TcpConnection> connections = Stream.of(n1.ip(family), n2.ip(family))
                .map(address -> near.sockets().openTcp(Dial.to(address, 30080)))
                .toList();
        services.agents().forEach(LabAgent::kill);
        connections.forEach(connection ->
                assertThat(connection.exchange("without").answer().echo()).isEqualTo("without"));
        assertThat(tcp(near, n1.ip(family), 30080).answer().server()).startsWith("web");

        services.startAgents();

        connections.forEach(connection ->
                assertThat(connection.exchange("again").answer().echo()).isEqualTo("again"));
    }

    private static void run(LabHost host, String... commands) {
        for (String command : commands) {
            host.exec(command.split(" ")).orThrow();
        }
    }
}
