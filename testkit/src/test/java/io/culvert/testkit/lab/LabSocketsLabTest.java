// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import static io.culvert.net.IpFamily.IPV4;
import static io.culvert.net.IpFamily.IPV6;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each kind of socket that tests use, against a server without any Service between.
@LabTest
class LabSocketsLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static Lab lab;
    private static LabPod client;
    private static LabPod server;

    @BeforeAll
    static void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        client = lab.pod("client");
        server = lab.pod("server");
        server.sockets().serve(8080);
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @Test
    void aConnectionIsHeldOpenAndKnowsItsNames() {
        try (TcpConnection connection = client.sockets().openTcp(dial(IPV4))) {
            assertThat(connection.peer()).isEqualTo(new SocketName(server.ip(IPV4), 8080));
            Outcome.Answer first = connection.exchange("one").answer();
            Outcome.Answer second = connection.exchange("two").answer();
            assertThat(first.echo()).isEqualTo("one");
            assertThat(second.seen()).isEqualTo(first.seen()).isEqualTo(connection.local());
        }
    }

    @Test
    void anIpv4AddressIsReachedThroughAnIpv6Socket() {
        Outcome.Answer tcp = client.sockets().tcp(dial(IPV4).mapped()).answer();
        assertThat(tcp.seen().address()).isEqualTo(client.ip(IPV4));
        assertThat(client.sockets().udp(dial(IPV4).mapped()).answer().peer())
                .isEqualTo(new SocketName(server.ip(IPV4), 8080));
    }

    @ParameterizedTest
    @EnumSource
    void aSocketIsBoundBeforeItConnects(IpFamily family) {
        Dial bound = dial(family).from(client.ip(family).toString(), 40123);
        assertThat(client.sockets().tcp(bound).answer().seen()).isEqualTo(new SocketName(client.ip(family), 40123));
        assertThat(client.sockets().udp(bound).answer().seen()).isEqualTo(new SocketName(client.ip(family), 40123));
    }

    @Test
    void manyServersAreAskedAtOnceAndSomeDoNotAnswer() {
        List<ReachTarget> targets = Stream.of(IpFamily.values())
                .flatMap(family -> Stream.of(Protocol.TCP, Protocol.UDP)
                        .flatMap(protocol ->
                                Stream.of(8080, 8099).map(port -> new ReachTarget(protocol, server.ip(family), port))))
                .toList();

        assertThat(client.sockets().reach(targets, Duration.ofMillis(300)))
                .hasSize(8)
                .allSatisfy(answer -> assertThat(answer.orElse("server")).isEqualTo("server"))
                .extracting(Optional::isPresent)
                .containsExactly(true, false, true, false, true, false, true, false);
    }

    @Test
    void oneDatagramSocketTalksToSeveralServers() {
        try (LabServer other = server.sockets().serveUdp(8081);
                UdpSocket socket = client.sockets().openUdp(dial(IPV6))) {
            assertThat(socket.sendTo(dial(IPV6), "a").answer().peer().port()).isEqualTo(8080);
            assertThat(socket.sendTo(Dial.to(server.ip(IPV6), 8081), "b")
                            .answer()
                            .peer()
                            .port())
                    .isEqualTo(other.local().port());
        }
    }

    @Test
    void aClosedServerIsNoticedByAConnectedDatagramSocket() {
        LabServer doomed = server.sockets().serveUdp(8082);
        try (UdpSocket socket = client.sockets().connectUdp(Dial.to(server.ip(IPV4), 8082))) {
            assertThat(socket.send("alive").answer().server()).isEqualTo("server");
            doomed.close();
            assertThat(socket.send("dead").failure().errno()).isEqualTo("ECONNREFUSED");
        }
    }

    @ParameterizedTest
    @EnumSource
    void loadGoesOnUntilItIsStopped(LoadKind kind) {
        Load load = client.sockets().load(kind, dial(IPV4), 3, Duration.ofMillis(1));
        LoadReport report = load.awaitRounds(50, PATIENCE).stop();
        assertThat(report.errors()).isEmpty();
        assertThat(report.servers()).containsOnlyKeys("server");
        assertThat(report.rounds()).isGreaterThanOrEqualTo(50);
        assertThat(report.longest()).isPositive();
    }

    @Test
    void loadSaysWhatWentWrong() {
        LabServer doomed = server.sockets().serveTcp(8083);
        Dial dial = Dial.to(server.ip(IPV4), 8083);
        Load load = client.sockets().load(LoadKind.FRESH, dial, 1, Duration.ofMillis(1));
        load.awaitRounds(1, PATIENCE);
        doomed.close();
        Waiting.until(PATIENCE, () -> !load.report().errors().isEmpty(), () -> "no error: " + load.report());
        assertThat(load.stop().errors().getLast().errno()).isEqualTo("ECONNREFUSED");
    }

    @ParameterizedTest
    @EnumSource
    void aPacketIsSentPastTheSocketsAndItsAnswerCaptured(IpFamily family) {
        String source = client.ip(family).toString();
        String destination = server.ip(family).toString();
        byte[] syn = PacketBuilder.bare()
                .ip(source, destination)
                .tcp(40999, 8080, SYN)
                .toBytes();
        List<byte[]> frames = client.sockets().raw(syn, 1, Duration.ofSeconds(5));
        assertThatPacket(frames.getFirst())
                .hasSource(destination, 8080)
                .hasDestination(source, 40999)
                .hasFlags(SYN, ACK);
    }

    @ParameterizedTest
    @EnumSource
    void whatArrivesIsCapturedInItsOrderWhateverSocketsMakeOfIt(IpFamily family) {
        try (Capture capture = server.sockets().capture()) {
            byte[][] packets = Stream.of("first", "second")
                    .map(text -> PacketBuilder.bare()
                            .ip(client.ip(family), server.ip(family))
                            .udp(40998, 9)
                            .payload(text)
                            .toBytes())
                    .toArray(byte[][]::new);
            client.sockets().send(packets);
            List<byte[]> frames = new ArrayList<>();
            Waiting.until(
                    PATIENCE,
                    () -> frames.addAll(capture.frames()) && frames.size() >= packets.length,
                    () -> "captured " + frames.size());
            assertThat(frames)
                    .extracting(frame -> new String(PacketView.of(frame).payload(), StandardCharsets.UTF_8))
                    .containsExactly("first", "second");
            assertThat(capture.frames()).isEmpty();
        }
    }

    @Test
    void anAddressLeavesFromTheOneThatWasAsked() {
        LabNode node = lab.node("n1");
        try (LabServer udp = node.sockets().serveUdp(5300)) {
            assertThat(client.sockets().udp(node.ip(IPV4), 5300).answer().peer())
                    .isEqualTo(new SocketName(node.ip(IPV4), udp.local().port()));
        }
    }

    @Test
    void aFailureToOpenSaysWhatFailed() {
        assertThatThrownBy(() -> client.sockets().openTcp(Dial.to(server.ip(IPV4), 9)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("connect failed: ECONNREFUSED");
        assertThatThrownBy(() -> client.sockets().tcp(server.ip(IPV4), 9).answer())
                .hasMessageStartingWith("expected an answer but connect failed: ECONNREFUSED");
        assertThatThrownBy(() -> client.sockets().tcp(dial(IPV4)).failure())
                .hasMessage("expected a failure but server answered");
    }

    private static Dial dial(IpFamily family) {
        return Dial.to(server.ip(family), 8080);
    }
}
