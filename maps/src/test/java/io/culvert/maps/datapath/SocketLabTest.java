// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.CgroupKey;
import io.culvert.maps.DropReason;
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
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabSockets;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.lab.UdpSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// `sock_lb` on real sockets. No program translates packets here: what arrives was translated at the socket.
@LabTest
class SocketLabTest {

    private static Lab lab;
    private static LabPod client;
    private static LabPod server;
    private LabPrograms programs;

    @BeforeAll
    static void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        client = lab.pod("client");
        server = lab.pod("server");
        for (int port = 8080; port < 8092; port++) {
            server.sockets().serve(port);
        }
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @BeforeEach
    void load() {
        programs = LabPrograms.load(lab.node("n1")).attachSockets(lab.node("n1").cgroupRoot());
    }

    @AfterEach
    void unload() {
        programs.close();
    }

    private static String vip(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    private static SocketName name(String address, int port) {
        return new SocketName(IpAddress.of(address), port);
    }

    private static String end(IpFamily family, int port) {
        return "[" + server.ip(family) + "]:" + port;
    }

    private TestService service(Protocol protocol, IpFamily family, int... backendPorts) {
        String[] backends =
                Arrays.stream(backendPorts).mapToObj(port -> end(family, port)).toArray(String[]::new);
        return programs.tables.service(protocol, vip(family), 80, backends);
    }

    static Stream<LabHost> hosts() {
        return Stream.of(client, lab.node("n1"));
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void A21_02_tcpShowsTheServiceAsItsPeer(LabHost host) {
        for (IpFamily family : IpFamily.values()) {
            service(TCP, family, 8080);

            Outcome.Answer answer = host.sockets().tcp(vip(family), 80).answer();

            assertThat(answer.server()).isEqualTo("server");
            assertThat(answer.peer()).isEqualTo(name(vip(family), 80));
            assertThat(answer.reached()).isEqualTo(new SocketName(server.ip(family), 8080));
        }
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void A21_02_udpIsAnsweredByTheService(LabHost host) {
        for (IpFamily family : IpFamily.values()) {
            service(UDP, family, 8080);

            assertThat(host.sockets().udp(vip(family), 80).answer().peer()).isEqualTo(name(vip(family), 80));
            assertThat(host.sockets()
                            .connectedUdp(Dial.to(vip(family), 80))
                            .answer()
                            .peer())
                    .isEqualTo(name(vip(family), 80));
            try (UdpSocket socket = host.sockets().connectUdp(Dial.to(vip(family), 80))) {
                assertThat(socket.peer()).as("getpeername").isEqualTo(name(vip(family), 80));
            }
        }
    }

    @Test
    void A6_39_theServerSeesTheAddressOfThePod() {
        service(TCP, IpFamily.IPV4, 8080);

        assertThat(client.sockets().tcp(vip(IpFamily.IPV4), 80).answer().seen().address())
                .isEqualTo(client.ip(IpFamily.IPV4));
    }

    @Test
    void A21_29_ipv4ThroughAnIpv6Socket() {
        service(TCP, IpFamily.IPV4, 8080);
        service(UDP, IpFamily.IPV4, 8080);
        Dial mapped = Dial.to(vip(IpFamily.IPV4), 80).mapped();

        assertThat(client.sockets().tcp(mapped).answer().peer()).isEqualTo(name(vip(IpFamily.IPV4), 80));
        assertThat(client.sockets().udp(mapped).answer().peer()).isEqualTo(name(vip(IpFamily.IPV4), 80));
        assertThat(client.sockets().connectedUdp(mapped).answer().peer()).isEqualTo(name(vip(IpFamily.IPV4), 80));
    }

    @Test
    void A21_28_aSocketThatIsBoundFirst() {
        service(TCP, IpFamily.IPV4, 8080);
        String address = client.ip(IpFamily.IPV4).toString();

        assertThat(client.sockets()
                        .tcp(Dial.to(vip(IpFamily.IPV4), 80).from(address, 40123))
                        .answer()
                        .seen())
                .isEqualTo(name(address, 40123));
    }

    @ParameterizedTest
    @EnumSource
    void A5_18_withoutBackendsEverySystemCallIsRefused(IpFamily family) {
        service(TCP, family);
        service(UDP, family);

        assertRefused(client.sockets().tcp(vip(family), 80), "connect");
        assertRefused(client.sockets().udp(vip(family), 80), "send");
        assertRefused(client.sockets().connectedUdp(Dial.to(vip(family), 80)), "connect");
        assertThat(programs.tables.drops(DropReason.NO_BACKEND)).isEqualTo(3);
    }

    private static void assertRefused(Outcome outcome, String stage) {
        assertThat(outcome.failure().errno()).isEqualTo("ECONNREFUSED");
        assertThat(outcome.failure().stage()).isEqualTo(stage);
        assertThat(outcome.failure().took()).isLessThan(Duration.ofMillis(500));
    }

    @Test
    void A5_19_endpointsOnOtherNodesOnlyLookLikeATimeout() {
        programs.tables.serviceWithoutLocalEndpoints(TCP, "10.96.0.10", 80, true, end(IpFamily.IPV4, 8080));

        assertThat(client.sockets().tcp("10.96.0.10", 80).failure().errno()).isEqualTo("ETIMEDOUT");
        assertThat(programs.tables.drops(DropReason.NO_LOCAL_BACKEND)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void oneDatagramSocketTalksToTwelveServices(IpFamily family) {
        List<String> services = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String address = family == IpFamily.IPV4 ? "10.96.1." + i : "fd00:96::1:" + i;
            programs.tables.service(UDP, address, 53, end(family, 8080 + i));
            services.add(address);
        }
        LabSockets sockets = client.sockets();
        try (UdpSocket socket = sockets.openUdp(Dial.to(services.getFirst(), 53))) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 12; i++) {
                    Outcome.Answer answer =
                            socket.sendTo(Dial.to(services.get(i), 53), "hello").answer();
                    assertThat(answer.peer()).isEqualTo(name(services.get(i), 53));
                    assertThat(answer.reached().port()).isEqualTo(8080 + i);
                }
            }
        }
    }

    /// Twelve questions before the first answer is read: the oldest peers have left the socket's own storage by then.
    @Test
    void lateAnswersOfManyServicesAreFromThoseServices() {
        for (int i = 0; i < 12; i++) {
            programs.tables.service(UDP, "10.96.1." + i, 53, end(IpFamily.IPV4, 8080 + i));
        }
        String program = """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.settimeout(5)
                for round in range(3):
                    for i in range(12):
                        s.sendto(b"hello", ("10.96.1.%d" % i, 53))
                    print(*sorted(s.recvfrom(2000)[1][0] for i in range(12)))
                """;

        String expected =
                IntStream.range(0, 12).mapToObj(i -> "10.96.1." + i).sorted().collect(Collectors.joining(" "));
        assertThat(client.exec("python3", "-c", program).orThrow().lines())
                .containsExactly(expected, expected, expected);
    }

    @Test
    void anAnswerIsFromTheServiceThatWasAskedLast() {
        programs.tables.service(UDP, "10.96.1.1", 53, end(IpFamily.IPV4, 8080));
        programs.tables.service(UDP, "10.96.1.2", 53, end(IpFamily.IPV4, 8080));
        try (UdpSocket socket = client.sockets().openUdp(Dial.to("10.96.1.1", 53))) {
            for (String service : List.of("10.96.1.1", "10.96.1.2", "10.96.1.1", "10.96.1.2")) {
                assertThat(socket.sendTo(Dial.to(service, 53), "hello").answer().peer())
                        .isEqualTo(name(service, 53));
            }
        }
    }

    @Test
    void aDatagramSocketKeepsItsBackendWhileThatIsPublished() {
        TestService service = service(UDP, IpFamily.IPV4, 8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089);
        try (UdpSocket socket = client.sockets().openUdp(Dial.to("10.96.0.10", 80))) {
            Dial dial = Dial.to("10.96.0.10", 80);
            int port = socket.sendTo(dial, "first").answer().reached().port();
            for (int i = 0; i < 10; i++) {
                assertThat(socket.sendTo(dial, "again").answer().reached().port())
                        .isEqualTo(port);
            }
            programs.tables.change(service, end(IpFamily.IPV4, 8091));
            Outcome.Answer moved = socket.sendTo(dial, "A13_19").answer();
            assertThat(moved.reached().port()).isEqualTo(8091);
            assertThat(moved.peer()).isEqualTo(name("10.96.0.10", 80));
        }
    }

    @Test
    void aDatagramSocketDoesNotOutliveTheAddressThatItSendsTo() {
        TestService service = service(UDP, IpFamily.IPV4, 8080);
        FrontendKey other = programs.tables.alsoAt(service, FrontendType.EXTERNAL_IP, "10.96.0.11", 80);
        try (UdpSocket socket = client.sockets().openUdp(Dial.to("10.96.0.10", 80))) {
            Dial dial = Dial.to("10.96.0.11", 80).within(Duration.ofMillis(300));
            assertThat(socket.sendTo(dial, "first").answer().reached().port()).isEqualTo(8080);
            programs.tables.remove(Tables.FRONTENDS, other);
            assertThat(socket.sendTo(dial, "again")).isInstanceOf(Outcome.Failure.class);
            assertThat(socket.sendTo(Dial.to("10.96.0.10", 80), "kept")
                            .answer()
                            .reached()
                            .port())
                    .isEqualTo(8080);
        }
    }

    @Test
    void A13_19_aConnectedDatagramSocketLeavesABackendThatIsGone() {
        programs.attachPods(lab.node("n1"));
        for (IpFamily family : IpFamily.values()) {
            TestService service = service(UDP, family, 8080);
            try (UdpSocket socket = client.sockets().connectUdp(Dial.to(vip(family), 80))) {
                assertThat(socket.send("one").answer().reached().port()).isEqualTo(8080);
                TestService changed = programs.tables.change(service, end(family, 8081));
                Outcome.Answer healed = socket.send("two").answer();
                assertThat(healed.reached().port()).isEqualTo(8081);
                assertThat(healed.peer()).isEqualTo(name(vip(family), 80));
                programs.tables.change(changed, end(family, 8080));
                assertThat(socket.send("three").answer().reached().port()).isEqualTo(8080);
            }
        }
    }

    @Test
    void theNameOfATcpPeerIsASetting() {
        programs.close();
        programs = LabPrograms.load(lab.node("n1"), object -> object.configure("config_tcp_peer_name", false))
                .attachSockets(lab.node("n1").cgroupRoot());
        service(TCP, IpFamily.IPV4, 8080);
        service(UDP, IpFamily.IPV4, 8080);

        assertThat(client.sockets().tcp("10.96.0.10", 80).answer().peer())
                .isEqualTo(new SocketName(server.ip(IpFamily.IPV4), 8080));
        assertThat(client.sockets().udp("10.96.0.10", 80).answer().peer()).isEqualTo(name("10.96.0.10", 80));
    }

    @Test
    void aPodThatOptedOutIsLeftToThePacketPath() throws IOException {
        service(TCP, IpFamily.IPV4, 8080);
        Dial dial = Dial.to("10.96.0.10", 80);
        Path pod = client.cgroup();
        CgroupKey key = new CgroupKey((Long) Files.getAttribute(pod, "unix:ino"));
        programs.tables.put(Tables.OPTED_OUT, key, 1);
        assertThat(client.sockets().tcp(dial).answer().server())
                .as("the number of entries is not told yet")
                .isEqualTo("server");

        programs.tables.setOptedOut(1);

        assertThat(client.sockets().tcp(dial.within(Duration.ofMillis(300))))
                .as("not translated")
                .isInstanceOf(Outcome.Failure.class);
        assertThat(lab.node("n1").sockets().tcp(dial).answer().server())
                .as("another cgroup")
                .isEqualTo("server");
        programs.attachPods(lab.node("n1"));
        assertThat(client.sockets().tcp(dial).answer().server())
                .as("translated on packets")
                .isEqualTo("server");
    }

    @Test
    void otherDestinationsAreNotTouched() {
        service(TCP, IpFamily.IPV4, 8081);
        try (TcpConnection connection = client.sockets().openTcp(Dial.to(server.ip(IpFamily.IPV4), 8080))) {
            assertThat(connection.peer()).isEqualTo(new SocketName(server.ip(IpFamily.IPV4), 8080));
        }
        assertThat(client.sockets().udp(server.ip(IpFamily.IPV6), 8080).answer().peer())
                .isEqualTo(new SocketName(server.ip(IpFamily.IPV6), 8080));
    }
}
