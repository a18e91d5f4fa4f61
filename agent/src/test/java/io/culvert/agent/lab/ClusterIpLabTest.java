// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.net.IpFamily.IPV4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.lab.UdpSocket;
import io.culvert.testkit.packet.PacketAssert;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A Service with a backend on each node is reached by every kind of client, and the translation shows only where it
/// must.
@LabTest
class ClusterIpLabTest {

    /// With two backends chosen at random, more tries than this miss one of them once in 2^60 runs.
    private static final int MANY = 60;

    private static ServiceLab lab;
    private static LabService web;

    @BeforeAll
    static void create() {
        ServiceLab made = ServiceLab.with(ServiceLab.service("web", 10));
        lab = made;
        web = ServiceLab.service("web", 10).backedBy(made.pod("web1"), made.pod("web2"));
        made.apply(web);
        made.awaitBackends(web, 4);
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    static Stream<Arguments> clients() {
        return withFamilies(lab.clients());
    }

    static Stream<Arguments> pods() {
        return withFamilies(Stream.concat(lab.socketClients().stream(), lab.packetClients().stream())
                .map(LabHost.class::cast)
                .toList());
    }

    static Stream<Arguments> packetClients() {
        return withFamilies(lab.packetClients());
    }

    /// What is remembered of a connection to a Service does not answer for its backend.
    @ParameterizedTest
    @MethodSource("packetClients")
    void aPortThatReachedTheServiceReachesItsBackendsAfterwards(LabHost client, IpFamily family) {
        String address = lab.pod(client.name()).ip(family).toString();
        Set<String> dialled = new HashSet<>();
        for (int i = 0; i < MANY && dialled.size() < 2; i++) {
            int port = 40500 + i;
            String server = client.sockets()
                    .tcp(lab.dial(web, family).from(address, port))
                    .answer()
                    .server();
            Dial itself =
                    Dial.to(lab.pod(server).ip(family), ServiceLab.TARGET_PORT).from(address, port);
            assertThat(client.sockets().tcp(itself).answer().server()).isEqualTo(server);
            dialled.add(server);
        }
        assertThat(dialled).containsExactlyInAnyOrder("web1", "web2");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void tcpReachesEveryBackend(LabHost client, IpFamily family) {
        assertThat(serversOf(() -> client.sockets().tcp(lab.dial(web, family))))
                .containsExactlyInAnyOrder("web1", "web2");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void udpReachesEveryBackend(LabHost client, IpFamily family) {
        assertThat(serversOf(() -> client.sockets().udp(lab.dial(web, family))))
                .containsExactlyInAnyOrder("web1", "web2");
        assertThat(serversOf(() -> client.sockets().connectedUdp(lab.dial(web, family))))
                .containsExactlyInAnyOrder("web1", "web2");
    }

    @ParameterizedTest
    @MethodSource("pods")
    void A6_39_theBackendSeesThePodsOwnAddress(LabHost client, IpFamily family) {
        IpAddress own = lab.pod(client.name()).ip(family);
        for (int i = 0; i < 10; i++) {
            Answer tcp = client.sockets().tcp(lab.dial(web, family)).answer();
            assertThat(tcp.seen()).isEqualTo(tcp.local());
            assertThat(tcp.seen().address()).isEqualTo(own);
            assertThat(client.sockets()
                            .udp(lab.dial(web, family))
                            .answer()
                            .seen()
                            .address())
                    .isEqualTo(own);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void A21_02_theClientSeesTheServiceThatItDialled(LabHost client, IpFamily family) {
        Dial dial = lab.dial(web, family);
        SocketName service = new SocketName(IpAddress.of(dial.host()), ServiceLab.PORT);
        try (TcpConnection tcp = client.sockets().openTcp(dial);
                UdpSocket connected = client.sockets().connectUdp(dial);
                UdpSocket unconnected = client.sockets().openUdp(dial)) {
            assertThat(tcp.peer()).isEqualTo(service);
            assertThat(connected.peer()).isEqualTo(service);
            assertThat(connected.send("connected").answer().peer()).isEqualTo(service);
            assertThat(unconnected.sendTo(dial, "sendto").answer().peer()).isEqualTo(service);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void oneDatagramSocketTalksToAServiceAndToAPod(LabHost client, IpFamily family) {
        Dial service = lab.dial(web, family);
        LabPod pod = lab.pod("web1");
        Dial direct = Dial.to(pod.ip(family), ServiceLab.TARGET_PORT);
        try (UdpSocket socket = client.sockets().openUdp(service)) {
            for (int i = 0; i < 5; i++) {
                assertThat(socket.sendTo(service, "s" + i).answer().peer().port())
                        .isEqualTo(ServiceLab.PORT);
            }
            Answer answer = socket.sendTo(direct, "direct").answer();
            assertThat(answer.server()).isEqualTo("web1");
        }
    }

    @ParameterizedTest
    @MethodSource("lab")
    void A21_29_mappedAddressesOnIpv6SocketsAreTranslated(LabHost client) {
        Dial mapped = lab.dial(web, IPV4).mapped();
        Answer tcp = client.sockets().tcp(mapped).answer();
        assertThat(tcp.server()).startsWith("web");
        assertThat(tcp.peer()).isEqualTo(new SocketName(IpAddress.of("10.96.0.10"), ServiceLab.PORT));
        Answer udp = client.sockets().udp(mapped).answer();
        assertThat(udp.peer()).isEqualTo(new SocketName(IpAddress.of("10.96.0.10"), ServiceLab.PORT));
        assertThat(client.sockets().connectedUdp(mapped).answer().server()).startsWith("web");
    }

    static Stream<LabHost> lab() {
        return lab.clients().stream();
    }

    @ParameterizedTest
    @MethodSource("pods")
    void A21_28_aSocketThatIsBoundFirstIsTranslated(LabHost client, IpFamily family) {
        Dial bound =
                lab.dial(web, family).from(lab.pod(client.name()).ip(family).toString(), 40404);
        assertThat(client.sockets().udp(bound).answer().seen().port()).isEqualTo(40404);
        Dial anyPort =
                lab.dial(web, family).from(lab.pod(client.name()).ip(family).toString(), 0);
        assertThat(client.sockets().tcp(anyPort).answer().server()).startsWith("web");
    }

    @ParameterizedTest
    @MethodSource("packetClients")
    void A21_12_largeTransfersArriveWholeWithOffloadsOn(LabHost client, IpFamily family) {
        String megabyte = "0123456789abcdef".repeat(1 << 16);
        Dial dial = lab.dial(web, family).within(Duration.ofSeconds(10));
        try (TcpConnection connection = client.sockets().openTcp(dial)) {
            assertThat(connection.exchange(megabyte).answer().echo()).isEqualTo(megabyte);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rawPacketsAreTranslatedBothWays(IpFamily family) {
        for (LabPod client : lab.socketClients()) {
            String source = client.ip(family).toString();
            String service = lab.dial(web, family).host();
            byte[] syn = PacketBuilder.bare()
                    .ip(source, service)
                    .tcp(40500, ServiceLab.PORT, TcpFlag.SYN)
                    .toBytes();
            List<byte[]> frames = client.sockets().raw(syn, 1, Duration.ofSeconds(5));
            assertThat(frames).hasSize(1);
            PacketAssert.assertThatPacket(frames.getFirst())
                    .hasSource(service, ServiceLab.PORT)
                    .hasDestination(source, 40500)
                    .hasFlags(TcpFlag.SYN, TcpFlag.ACK);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void A6_40_podAddressesAreLeftAlone(LabHost client, IpFamily family) {
        Answer answer = client.sockets()
                .tcp(lab.pod("web2").ip(family), ServiceLab.TARGET_PORT)
                .answer();
        assertThat(answer.server()).isEqualTo("web2");
        assertThat(answer.seen()).isEqualTo(answer.local());
        assertThatCode(() -> client.sockets()
                        .udp(lab.pod("web1").ip(family), ServiceLab.TARGET_PORT)
                        .answer())
                .doesNotThrowAnyException();
    }

    private static Set<String> serversOf(Supplier<Outcome> exchange) {
        Set<String> servers = new HashSet<>();
        for (int i = 0; i < MANY && servers.size() < 2; i++) {
            servers.add(exchange.get().answer().server());
        }
        return servers;
    }

    private static Stream<Arguments> withFamilies(List<? extends LabHost> clients) {
        return clients.stream()
                .flatMap(client -> Arrays.stream(IpFamily.values()).map(family -> Arguments.of(client, family)));
    }
}
