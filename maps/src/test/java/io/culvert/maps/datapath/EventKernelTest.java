// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.FIN;
import static io.culvert.testkit.packet.TcpFlag.PSH;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.culvert.maps.DropReason;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventVerdict;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.TcpFlag;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What programs tell of packets of pods and of the network, by what they were asked to tell.
@KernelTest
@Timeout(60)
final class EventKernelTest extends EventFixture {

    private static final int HEADERS = 14;

    @BeforeEach
    void begin() {
        log.begin(EventLevel.MEDIUM);
    }

    private static IpPort end(String address, int port) {
        return ServiceTables.end(PolicyNet.end(address, port));
    }

    private static byte[] tcp(String source, int sourcePort, String destination, int port, TcpFlag... flags) {
        return ethernet().ip(source, destination).tcp(sourcePort, port, flags).toBytes();
    }

    private static TestService service(PolicyNet net) {
        return pods.tables.service(TCP, net.service, 80, PolicyNet.end(net.remotePod, 8080));
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionToAServiceIsToldWithItsServiceAndItsBackend(PolicyNet net) {
        TestService service = service(net);
        log.begin(EventLevel.MAXIMUM);
        byte[] syn = tcp(net.pod, 40000, net.service, 80, SYN);
        long before = System.nanoTime();

        pods.sends(syn);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.TRACE);
        assertThat(event.verdict()).isEqualTo(EventVerdict.FORWARDED);
        assertThat(event.hook()).isEqualTo(EventHook.FROM_POD);
        assertThat(event.source()).isEqualTo(end(net.pod, 40000));
        assertThat(event.destination()).isEqualTo(end(net.service, 80));
        assertThat(event.translated()).isEqualTo(end(net.remotePod, 8080));
        assertThat(event.service()).isEqualTo(service.index());
        assertThat(event.flags()).containsExactlyInAnyOrder(EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE);
        assertThat(event.protocol()).isEqualTo(TCP.number());
        assertThat(event.tcpFlags()).isEqualTo(2);
        assertThat(event.length()).isEqualTo(syn.length - HEADERS);
        assertThat(event.ifindex()).isEqualTo(1);
        assertThat(event.time()).isBetween(before, System.nanoTime());
    }

    /// Whose Service went, and whose client connects from the same port to what has its address now.
    @ParameterizedTest
    @EnumSource
    void aConnectionThatNothingTranslatesHasNothingOfAnEarlierOne(PolicyNet net) {
        TestService service = service(net);
        byte[] syn = tcp(net.pod, 40000, net.service, 80, SYN);
        pods.sends(syn);
        pods.tables.remove(Tables.FRONTENDS, service.key());
        log.begin(EventLevel.MEDIUM);

        pods.sends(syn);

        Event event = log.only();
        assertThat(event.destination()).isEqualTo(end(net.service, 80));
        assertThat(event.flags()).containsExactly(EventFlag.DIRECTED);
    }

    @ParameterizedTest
    @EnumSource
    void whatAnswersIsToldAsAReplyAtMediumAndNotAtMaximum(PolicyNet net) {
        service(net);
        pods.sends(tcp(net.pod, 40000, net.service, 80, SYN));
        byte[] answer = tcp(net.remotePod, 8080, net.pod, 40000, SYN, ACK);
        log.begin(EventLevel.MAXIMUM);
        pods.receives(answer);
        assertThat(log.take()).isEmpty();

        log.begin(EventLevel.MEDIUM);
        pods.receives(answer);

        Event event = log.only();
        assertThat(event.hook()).isEqualTo(EventHook.TO_POD);
        assertThat(event.source()).isEqualTo(end(net.remotePod, 8080));
        assertThat(event.destination()).isEqualTo(end(net.pod, 40000));
        assertThat(event.translated()).isEqualTo(end(net.service, 80));
        assertThat(event.flags())
                .containsExactlyInAnyOrder(
                        EventFlag.IS_REPLY, EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE);
        assertThat(event.tcpFlags()).isEqualTo(0x12);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfAConnectionIsToldOnceWithItsTotals(PolicyNet net) {
        service(net);
        byte[] syn = tcp(net.pod, 40000, net.service, 80, SYN);
        byte[] accept = tcp(net.remotePod, 8080, net.pod, 40000, SYN, ACK);
        byte[] finish = tcp(net.pod, 40000, net.service, 80, FIN, ACK);
        byte[] finished = tcp(net.remotePod, 8080, net.pod, 40000, FIN, ACK);
        pods.sends(syn);
        pods.receives(accept);
        log.begin(EventLevel.MAXIMUM);

        pods.sends(finish);
        assertThat(log.take()).isEmpty();
        pods.receives(finished);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.CLOSE);
        assertThat(event.source()).isEqualTo(end(net.remotePod, 8080));
        assertThat(event.translated()).isEqualTo(end(net.service, 80));
        EventDetail totals = event.detail();
        assertThat(totals.first()).isEqualTo(syn.length + finish.length - 2 * HEADERS);
        assertThat(totals.second()).isEqualTo(accept.length + finished.length - 2 * HEADERS);
        assertThat(totals.clientPackets()).isEqualTo(2);
        assertThat(totals.backendPackets()).isEqualTo(2);
        assertThat(totals.fourth()).isBetween(0L, 60_000_000_000L);
        pods.receives(finished);
        pods.sends(tcp(net.pod, 40000, net.service, 80, RST));
        assertThat(log.take()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionWithoutServiceIsToldByItsFlags(PolicyNet net) {
        pods.sends(tcp(net.pod, 40000, net.remotePod, 8080, SYN));
        pods.receives(tcp(net.remotePod, 8080, net.pod, 40000, SYN, ACK));
        pods.sends(tcp(net.pod, 40000, net.remotePod, 8080, ACK));
        pods.sends(tcp(net.pod, 40000, net.remotePod, 8080, PSH, ACK));
        pods.receives(tcp(net.remotePod, 8080, net.pod, 40000, RST, ACK));

        assertThat(log.take())
                .extracting(Event::tcpFlags, Event::flags)
                .containsExactly(
                        tuple(0x02, Set.of(EventFlag.DIRECTED)),
                        tuple(0x12, Set.of(EventFlag.DIRECTED, EventFlag.IS_REPLY)),
                        tuple(0x14, Set.of()));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRefusedIsToldAsItWas(PolicyNet net) {
        pods.tables.service(TCP, net.service, 80);

        assertThat(pods.sends(tcp(net.pod, 40000, net.service, 80, SYN))).isEqualTo(PodPrograms.TURNED);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.DROP);
        assertThat(event.verdict()).isEqualTo(EventVerdict.DROPPED);
        assertThat(event.reason()).isEqualTo(DropReason.NO_BACKEND.number());
        assertThat(event.flags()).containsExactlyInAnyOrder(EventFlag.DIRECTED, EventFlag.REFUSED);
        assertThat(event.source()).isEqualTo(end(net.pod, 40000));
        assertThat(event.destination()).isEqualTo(end(net.service, 80));
        assertThat(event.tcpFlags()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDroppedIsToldWithItsReason(PolicyNet net) {
        pods.tables.service(TCP, net.service, 80, PolicyNet.end(net.remotePod, 8080));
        log.begin(EventLevel.MAXIMUM);

        pods.sends(tcp(net.pod, 0, net.service, 80, SYN));

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.DROP);
        assertThat(event.reason()).isEqualTo(DropReason.INVALID_PACKET.number());
        assertThat(event.flags()).containsExactly(EventFlag.DIRECTED);
    }

    @ParameterizedTest
    @EnumSource
    void datagramsAreToldOnceInAMoment(PolicyNet net) {
        byte[] question = ethernet()
                .ip(net.pod, net.remotePod)
                .udp(40000, 53)
                .payload("q")
                .toBytes();
        byte[] other = ethernet()
                .ip(net.pod, net.remotePod)
                .udp(40001, 53)
                .payload("q")
                .toBytes();

        for (int i = 0; i < 100; i++) {
            pods.sends(question);
        }

        // A moment may end meanwhile.
        assertThat(log.take().size()).isBetween(1, 2);
        pods.sends(other);
        assertThat(log.only().source()).isEqualTo(end(net.pod, 40001));
    }

    @Test
    void anEchoIsToldWithItsType() {
        pods.sends(ethernet().ip("10.1.0.2", "10.1.7.3").icmp(8, 0).toBytes());

        Event event = log.only();
        assertThat(event.protocol()).isEqualTo(1);
        assertThat(event.icmpType()).isEqualTo(8);
        assertThat(event.source().port()).isZero();
    }

    @Test
    void everyPacketIsToldAtLow() {
        byte[] data = tcp("10.1.0.2", 40000, "10.1.7.3", 8080, ACK);
        pods.sends(data);
        assertThat(log.take()).isEmpty();

        log.begin(EventLevel.LOW);
        pods.sends(data);
        pods.receives(data);

        assertThat(log.take()).extracting(Event::hook).containsExactly(EventHook.FROM_POD, EventHook.TO_POD);
    }

    @Test
    void nothingIsToldWhenNobodyAsks() {
        service(PolicyNet.V4);
        log.begin(EventLevel.OFF);

        pods.sends(tcp("10.1.0.2", 40000, PolicyNet.V4.service, 80, SYN));
        pods.sends(tcp("10.1.0.2", 0, PolicyNet.V4.service, 80, SYN));

        assertThat(log.take()).isEmpty();
    }

    @Test
    void aPacketThatAnotherProgramHereHasSeenIsToldOnceButAtNone() {
        PodPrograms.markTestDevice(pods.tables);
        try {
            byte[] syn = tcp("10.1.0.2", 40000, "10.1.0.3", 8080, SYN);
            pods.receivesFromItself(syn);
            assertThat(log.take()).isEmpty();

            log.begin(EventLevel.NONE);
            pods.receivesFromItself(syn);
            assertThat(log.only().hook()).isEqualTo(EventHook.TO_POD);
        } finally {
            pods.tables.remove(Tables.DEVICES, PodPrograms.TEST_DEVICE);
        }
    }

    @Test
    void theEndOfAConnectionThatAnotherProgramHereHasSeenIsToldWhereItIsTranslated() {
        service(PolicyNet.V4);
        PodPrograms.markTestDevice(pods.tables);
        try {
            pods.sends(tcp("10.1.0.2", 40000, PolicyNet.V4.service, 80, SYN));
            pods.receivesFromItself(tcp(PolicyNet.V4.remotePod, 8080, "10.1.0.2", 40000, SYN, ACK));
            log.begin(EventLevel.MEDIUM);

            pods.receivesFromItself(tcp(PolicyNet.V4.remotePod, 8080, "10.1.0.2", 40001, RST));
            assertThat(log.take()).as("of no connection").isEmpty();
            pods.receivesFromItself(tcp(PolicyNet.V4.remotePod, 8080, "10.1.0.2", 40000, RST));

            assertThat(log.only().kind()).isEqualTo(EventKind.CLOSE);
        } finally {
            pods.tables.remove(Tables.DEVICES, PodPrograms.TEST_DEVICE);
        }
    }

    @Test
    void theNetworkIsToldOfWhereServicesAreConcerned() {
        TestService service = pods.tables.service(TCP, "192.0.2.80", 80, "10.1.0.2:8080");

        pods.node.arrives(tcp("198.51.100.7", 5000, "10.1.0.9", 22, SYN));
        assertThat(log.take()).isEmpty();
        pods.node.arrives(tcp("198.51.100.7", 5000, "192.0.2.80", 80, SYN));

        Event event = log.only();
        assertThat(event.hook()).isEqualTo(EventHook.FROM_NETWORK);
        assertThat(event.service()).isEqualTo(service.index());
        assertThat(event.translated()).isEqualTo(end("10.1.0.2", 8080));
    }

    @Test
    void whatFindsNoRoomIsCountedByItsKind() {
        log.begin(EventLevel.LOW);
        long lost = log.lost(EventKind.TRACE);
        byte[] data = ethernet()
                .ip("10.1.0.2", "10.1.7.3")
                .udp(40000, 53)
                .payload("x")
                .toBytes();
        int room = log.reader().size() / (int) (Event.CODEC.size() + 8);

        pods.repeat(data, room + 100);

        assertThat(log.lost(EventKind.TRACE) - lost).isEqualTo(100);
        assertThat(log.take()).hasSize(room);
        pods.sends(data);
        assertThat(log.only().kind()).isEqualTo(EventKind.TRACE);
    }

    @Test
    void aPauseEndsWhenMuchWaitsAndNotBefore() {
        log.begin(EventLevel.LOW);
        byte[] data = ethernet()
                .ip("10.1.0.2", "10.1.7.3")
                .udp(40000, 53)
                .payload("x")
                .toBytes();
        pods.sends(data);
        // The first pause finds what was there before it.
        log.reader().pause(Duration.ZERO);
        long begin = System.nanoTime();
        pods.sends(data);
        log.reader().pause(Duration.ofMillis(200));
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(190_000_000L);

        var pause = CompletableFuture.runAsync(() -> log.reader().pause(Duration.ofSeconds(50)));
        pods.repeat(data, log.reader().size() / 8 / (int) (Event.CODEC.size() + 8) + 1000);

        assertThat(pause).succeedsWithin(Duration.ofSeconds(20));
    }
}
