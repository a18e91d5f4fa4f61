// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.FIN;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When a packet belongs to a flow that exists, and when it begins another one.
@KernelTest
class PodFlowKernelTest {

    private static final String CLIENT = "10.1.0.2";
    private static final String SERVICE = "10.96.0.10";

    /// So many backends that a new choice is the old one once in a while only.
    private static final String[] MANY =
            IntStream.range(0, 200).mapToObj(i -> "10.1.7." + i + ":8080").toArray(String[]::new);

    private static PodPrograms pod;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
    }

    @BeforeEach
    void clear() {
        pod.tables.clear();
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    private static byte[] tcp(int port, TcpFlag... flags) {
        return ethernet().ip(CLIENT, SERVICE).tcp(port, 80, flags).toBytes();
    }

    private static byte[] udp(int port) {
        return ethernet().ip(CLIENT, SERVICE).udp(port, 80).payload("x").toBytes();
    }

    private String backendOf(byte[] packet) {
        PacketView sent = PacketView.of(pod.sent(packet));
        return sent.destination() + ":" + sent.destinationPort();
    }

    private Flow forward(Protocol protocol) {
        return pod.flow(protocol, CLIENT + ":40000", SERVICE + ":80");
    }

    private Flow reply(Protocol protocol) {
        return pod.tables.get(Tables.FLOWS, forward(protocol).partner()).orElseThrow();
    }

    private byte[] answer(Protocol protocol, TcpFlag... flags) {
        Flow flow = forward(protocol);
        var packet = ethernet().ip(flow.backend().address(), flow.source().address());
        int from = flow.backend().port();
        int to = flow.source().port();
        return (protocol == TCP ? packet.tcp(from, to, flags) : packet.udp(from, to)).toBytes();
    }

    @Test
    void A4_24_everyBackendIsChosenByNewConnections() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.1:8080", "10.1.7.2:8080", "10.1.7.3:8080", "10.1.7.4:8080");

        Set<String> chosen = new HashSet<>();
        for (int port = 10000; port < 10100; port++) {
            chosen.add(backendOf(tcp(port, SYN)));
        }

        assertThat(chosen).hasSize(4);
    }

    @Test
    void A12_09_repeatedSynKeepsItsBackend() {
        pod.tables.service(TCP, SERVICE, 80, MANY);
        String backend = backendOf(tcp(40000, SYN));

        for (int i = 0; i < 20; i++) {
            assertThat(backendOf(tcp(40000, SYN))).isEqualTo(backend);
        }
        assertThat(forward(TCP).packets()).isEqualTo(21);
    }

    @Test
    void A12_10_synOnAnAnsweredFlowBeginsAnotherConnection() {
        pod.tables.service(TCP, SERVICE, 80, MANY);
        Set<String> chosen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            chosen.add(backendOf(tcp(40000, SYN)));
            pod.received(answer(TCP, SYN, ACK));
            pod.sent(tcp(40000, ACK));
            pod.received(answer(TCP, ACK, FIN));
            pod.sent(tcp(40000, ACK, FIN));
        }

        assertThat(chosen).hasSizeGreaterThan(5);
        assertThat(forward(TCP).packets()).as("of the last connection").isEqualTo(3);
    }

    @Test
    void A12_10_synAfterARefusalBeginsAnotherConnection() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        pod.received(answer(TCP, RST, ACK));
        assertThat(reply(TCP).has(FlowFlag.RESET)).isTrue();

        pod.sent(tcp(40000, SYN));

        assertThat(reply(TCP).has(FlowFlag.RESET))
                .as("nothing of the one that was refused")
                .isFalse();
    }

    @Test
    void A12_10_synOfAFlowWhoseBackendIsGoneChoosesAgain() {
        TestService service = pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        pod.tables.change(service, "10.1.7.4:8080");

        assertThat(backendOf(tcp(40000, SYN))).isEqualTo("10.1.7.4:8080");
    }

    @Test
    void A13_01_establishedTcpStaysWithABackendThatIsGone() {
        TestService service = pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        pod.received(answer(TCP, SYN, ACK));
        pod.tables.change(service);

        assertThat(backendOf(tcp(40000, ACK))).as("A5_15").isEqualTo("10.1.7.3:8080");
        pod.tables.withdraw(service);
        pod.tables.remove(Tables.FRONTENDS, service.key());
        assertThat(backendOf(tcp(40000, ACK))).isEqualTo("10.1.7.3:8080");
        assertThatPacket(pod.received(answer(TCP, ACK))).hasSource(SERVICE, 80);
    }

    @Test
    void A13_03_udpLeavesABackendThatIsGone() {
        TestService service = pod.tables.service(UDP, SERVICE, 80, "10.1.7.3:5353");
        assertThat(backendOf(udp(40000))).isEqualTo("10.1.7.3:5353");
        pod.tables.change(service, "10.1.7.4:5353");

        assertThat(backendOf(udp(40000))).isEqualTo("10.1.7.4:5353");
        assertThatPacket(pod.received(answer(UDP))).hasSource(SERVICE, 80).checksumsAreRight();
        assertThat(pod.hasFlow(UDP, CLIENT + ":40000", "10.1.7.3:5353"))
                .as("entry for the old backend")
                .isFalse();
    }

    @Test
    void A13_06_udpFollowsATargetPortThatChanges() {
        TestService service = pod.tables.service(UDP, SERVICE, 80, "10.1.7.3:5353");
        pod.sent(udp(40000));
        pod.tables.change(service, "10.1.7.3:5354");

        assertThat(backendOf(udp(40000))).isEqualTo("10.1.7.3:5354");
    }

    @Test
    void udpStaysWithItsBackendWhileThatIsPublished() {
        pod.tables.service(UDP, SERVICE, 80, MANY);
        String backend = backendOf(udp(40000));

        for (int i = 0; i < 20; i++) {
            assertThat(backendOf(udp(40000))).isEqualTo(backend);
        }
    }

    @Test
    void expiredFlowIsAsGoodAsAbsent() {
        pod.tables.service(TCP, SERVICE, 80, MANY);
        pod.sent(tcp(40000, SYN));
        pod.age(reply(TCP), 61);
        pod.age(forward(TCP), 61);
        byte[] data = tcp(40000, ACK);

        assertThatPacket(pod.sent(data)).isIdenticalTo(data);
        byte[] late = answer(TCP, SYN, ACK);
        assertThatPacket(pod.received(late)).isIdenticalTo(late);
    }

    @Test
    void aDirectionThatIsSilentForLongLivesWithTheOther() {
        pod.tables.service(UDP, SERVICE, 80, MANY);
        String backend = backendOf(udp(40000));
        pod.received(answer(UDP));
        pod.age(forward(UDP), 1000);

        assertThat(backendOf(udp(40000))).as("the backend still sends").isEqualTo(backend);
        pod.age(reply(UDP), 1000);
        assertThatPacket(pod.received(answer(UDP))).as("the client still sends").hasSource(SERVICE, 80);
    }

    @Test
    void resetShortensTheLifeOfAFlow() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        pod.received(answer(TCP, SYN, ACK));
        pod.sent(tcp(40000, RST, ACK));
        pod.received(answer(TCP, RST));
        pod.age(reply(TCP), 11);
        pod.age(forward(TCP), 11);
        byte[] data = tcp(40000, ACK);

        assertThatPacket(pod.sent(data)).isIdenticalTo(data);
    }

    @Test
    void closeOfEachSideIsKeptByBothEntries() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        pod.received(answer(TCP, SYN, ACK));
        pod.sent(tcp(40000, ACK, FIN));

        assertThat(forward(TCP).has(FlowFlag.CLIENT_CLOSED)).isTrue();
        assertThat(reply(TCP).has(FlowFlag.CLIENT_CLOSED)).isTrue();
        assertThat(reply(TCP).has(FlowFlag.SERVER_CLOSED)).isFalse();
        pod.received(answer(TCP, ACK, FIN));
        assertThat(reply(TCP).has(FlowFlag.SERVER_CLOSED)).isTrue();
        assertThat(forward(TCP).has(FlowFlag.SERVER_CLOSED)).isTrue();
        assertThat(backendOf(tcp(40000, ACK))).as("the last ACK").isEqualTo("10.1.7.3:8080");
    }

    @Test
    void aFlowThatBothSidesClosedIsShortLived() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        pod.received(answer(TCP, SYN, ACK));
        pod.sent(tcp(40000, ACK, FIN));
        byte[] data = tcp(40000, ACK);
        pod.age(reply(TCP), 3600);
        pod.age(forward(TCP), 3600);
        assertThat(backendOf(data)).as("half closed").isEqualTo("10.1.7.3:8080");

        pod.received(answer(TCP, ACK, FIN));
        pod.age(reply(TCP), 11);
        pod.age(forward(TCP), 11);

        assertThatPacket(pod.sent(data)).isIdenticalTo(data);
    }

    @Test
    void A21_22_oneSourcePortToTwoServicesOfOneBackend() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.tables.service(TCP, "10.96.0.11", 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        byte[] second =
                pod.sent(ethernet().ip(CLIENT, "10.96.0.11").tcp(40000, 80, SYN).toBytes());

        assertThatPacket(second)
                .hasSource(CLIENT)
                .hasSourcePortBetween(61000, 65535)
                .hasDestination("10.1.7.3", 8080)
                .checksumsAreRight();
        int port = PacketView.of(second).sourcePort();
        assertThatPacket(pod.received(ethernet()
                        .ip("10.1.7.3", CLIENT)
                        .tcp(8080, port, SYN, ACK)
                        .toBytes()))
                .hasSource("10.96.0.11", 80)
                .hasDestination(CLIENT, 40000)
                .checksumsAreRight();
        assertThatPacket(pod.received(answer(TCP, SYN, ACK)))
                .hasSource(SERVICE, 80)
                .hasDestination(CLIENT, 40000);
    }

    @Test
    void A13_17_aTableFullOfEstablishedFlowsDropsNewOnesOnlyAndCountsThem() {
        // An odd number: the last pair fails at its second entry.
        try (PodPrograms small = PodPrograms.load(object -> object.maxEntries("flows", 63))) {
            small.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
            int opened = 0;
            while (small.ingress(tcp(20000 + opened, SYN)).verdict() == PodPrograms.PASS) {
                small.sent(tcp(20000 + opened, ACK));
                opened++;
            }
            String refused = CLIENT + ":" + (20000 + opened);

            assertThat(opened).isEqualTo(31);
            assertThat(small.tables.drops(DropReason.FLOW_TABLE_FULL)).isEqualTo(1);
            assertThatPacket(small.sent(tcp(20000, ACK))).hasDestination("10.1.7.3", 8080);
            assertThat(small.hasFlow(TCP, refused, SERVICE + ":80"))
                    .as("half of a pair")
                    .isFalse();
            assertThat(small.hasFlow(TCP, refused, "10.1.7.3:8080"))
                    .as("half of a pair")
                    .isFalse();
        }
    }

    @Test
    void aSourcePortOfZeroOpensNothing() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");

        pod.dropped(tcp(0, SYN));

        assertThat(pod.tables.drops(DropReason.INVALID_PACKET)).isEqualTo(1);
    }

    @Test
    void repliesOfOthersAreNotTouched() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        pod.sent(tcp(40000, SYN));
        byte[] opposite =
                ethernet().ip(CLIENT, "10.1.7.3").tcp(40000, 8080, ACK).toBytes();
        byte[] otherPort =
                ethernet().ip("10.1.7.3", CLIENT).tcp(8081, 40000, ACK).toBytes();

        assertThatPacket(pod.received(opposite))
                .as("at the backend's interface")
                .isIdenticalTo(opposite);
        assertThatPacket(pod.sent(opposite)).isIdenticalTo(opposite);
        assertThatPacket(pod.received(otherPort)).isIdenticalTo(otherPort);
    }
}
