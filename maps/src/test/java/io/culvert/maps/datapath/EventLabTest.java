// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.DropReason;
import io.culvert.maps.IpPort;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What programs tell of real sockets, whose connections were translated before there was a packet.
@LabTest
final class EventLabTest {

    private static final int FIN_ACK = 0x11;
    private static final int RST_ACK = 0x14;

    private static Lab lab;
    private static LabPod client;
    private static LabPod server;
    private static LabPrograms programs;
    private static EventLog log;

    @BeforeAll
    static void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        client = lab.pod("client");
        server = lab.pod("server");
        server.sockets().serve(8080);
        programs = LabPrograms.load(lab.node("n1"))
                .attachSockets(lab.node("n1").cgroupRoot())
                .tellEnds(lab.node("n1").cgroupRoot())
                .attachPods(lab.node("n1"));
        log = new EventLog(programs.object());
    }

    @AfterAll
    static void remove() {
        log.close();
        programs.close();
        lab.close();
    }

    @BeforeEach
    void clear() {
        programs.tables.clear();
        log.begin(EventLevel.MEDIUM);
    }

    private static IpPort vip(IpFamily family) {
        return new IpPort(IpAddress.of(family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10"), 80);
    }

    /// Neighbours and routers are asked for meanwhile.
    private static List<Event> tcp() {
        return log.take().stream()
                .filter(event -> event.protocol() == TCP.number())
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatItsSocketTranslatedIsToldWithItsService(IpFamily family) {
        IpPort backend = new IpPort(server.ip(family), 8080);
        TestService service =
                programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:8080");

        client.sockets().tcp(vip(family).address().toString(), 80).answer();

        List<Event> events = tcp();
        assertThat(events).as("the packet says it").noneMatch(event -> event.kind() == EventKind.SOCKET);
        Event syn = signed(events, 0x02);
        assertThat(syn.hook()).isEqualTo(EventHook.FROM_POD);
        assertThat(syn.source().address()).isEqualTo(client.ip(family));
        assertThat(syn.destination()).isEqualTo(vip(family));
        assertThat(syn.translated()).isEqualTo(backend);
        assertThat(syn.service()).isEqualTo(service.index());
        Event accept = signed(events, 0x12);
        assertThat(accept.source()).isEqualTo(backend);
        assertThat(accept.has(EventFlag.IS_REPLY)).isTrue();
        assertThat(events.stream().filter(event -> (event.tcpFlags() & 0x02) != 0))
                .as("each packet once, though two programs see it")
                .hasSize(2);
        assertThat(events).isSortedAccordingTo(Comparator.comparingLong(Event::time));
    }

    /// The first with these of SYN and ACK: connections of other tests may end meanwhile.
    private static Event signed(List<Event> events, int flags) {
        return events.stream()
                .filter(event -> event.kind() == EventKind.TRACE && (event.tcpFlags() & 0x12) == flags)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void theSocketItselfIsToldOfAtLow(IpFamily family) {
        TestService service =
                programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:8080");
        log.begin(EventLevel.LOW);

        client.sockets().tcp(vip(family).address().toString(), 80).answer();

        assertSocket(socket(tcp()), family, service);
    }

    @ParameterizedTest
    @EnumSource
    void theSocketThatNoProgramMeetsPacketsOfIsToldOfAtMedium(IpFamily family) {
        TestService service =
                programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:8080");

        lab.node("n1").sockets().tcp(vip(family).address().toString(), 80).answer();

        assertSocket(socket(tcp()), family, service);
    }

    @ParameterizedTest
    @EnumSource
    void aSocketThatSendsDatagramsIsToldOfAtMedium(IpFamily family) {
        server.sockets().serveUdp(5353);
        TestService service =
                programs.tables.service(UDP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:5353");

        client.sockets().udp(vip(family).address().toString(), 80).answer();

        Event socket = socket(log.take());
        assertThat(socket.service()).isEqualTo(service.index());
        assertThat(socket.translated()).isEqualTo(new IpPort(server.ip(family), 5353));
    }

    private static Event socket(List<Event> events) {
        return events.stream()
                .filter(event -> event.kind() == EventKind.SOCKET)
                .findFirst()
                .orElseThrow();
    }

    private static void assertSocket(Event socket, IpFamily family, TestService service) {
        assertThat(socket.verdict()).isEqualTo(EventVerdict.TRANSLATED);
        assertThat(socket.service()).isEqualTo(service.index());
        assertThat(socket.destination()).isEqualTo(vip(family));
        assertThat(socket.translated()).isEqualTo(new IpPort(server.ip(family), 8080));
        assertThat(socket.detail().first()).as("cookie").isNotZero();
        assertThat(socket.detail().second()).as("cgroup").isNotZero();
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatItsSocketTranslatedEndsWithItsTotals(IpFamily family) {
        TestService service =
                programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:8080");

        Event small = end(family, "x".repeat(10));
        Event large = end(family, "x".repeat(1000));

        assertThat(small.hook()).isEqualTo(EventHook.FROM_POD);
        assertThat(small.has(EventFlag.HOST)).isFalse();
        assertThat(small.verdict()).isEqualTo(EventVerdict.FORWARDED);
        assertThat(small.service()).isEqualTo(service.index());
        assertThat(small.source().address()).isEqualTo(client.ip(family));
        assertThat(small.source().port())
                .isNotZero()
                .isNotEqualTo(large.source().port());
        assertThat(small.destination()).isEqualTo(vip(family));
        assertThat(small.translated()).isEqualTo(new IpPort(server.ip(family), 8080));
        assertThat(small.detail().first()).as("bytes of the client").isBetween(11L, 12L);
        assertThat(large.detail().first() - small.detail().first()).isEqualTo(990);
        assertThat(small.detail().second()).as("bytes of the backend").isGreaterThan(10);
        assertThat(small.detail().clientPackets()).isBetween(3L, 10L);
        assertThat(small.detail().backendPackets()).isBetween(2L, 10L);
        assertThat(small.detail().fourth()).as("nanoseconds").isBetween(1_000L, 60_000_000_000L);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheClientEndsIsToldByItsSocketAlone(IpFamily family) {
        programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:8080");

        List<Event> closed = ended(family, "x", false);
        List<Event> reset = ended(family, "x", true);

        assertThat(ends(closed, client, family)).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo(EventKind.CLOSE);
            assertThat(event.tcpFlags()).isEqualTo(FIN_ACK);
        });
        assertThat(ends(closed, server, family)).singleElement().satisfies(event -> {
            assertThat(event.kind()).as("the server's").isEqualTo(EventKind.TRACE);
            assertThat(event.tcpFlags()).isEqualTo(FIN_ACK);
        });
        assertThat(ends(reset, client, family)).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo(EventKind.CLOSE);
            assertThat(event.tcpFlags()).isEqualTo(RST_ACK);
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatTheClientEndsIsToldByItsPacketTooAtLow(IpFamily family) {
        programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:8080");
        log.begin(EventLevel.LOW);

        assertThat(ends(ended(family, "x", false), client, family))
                .extracting(Event::kind)
                .containsExactly(EventKind.TRACE, EventKind.CLOSE);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionToNoServiceEndsWithItsPackets(IpFamily family) {
        log.take();
        client.sockets().openTcp(Dial.to(server.ip(family).toString(), 8080)).close();

        List<Event> told = new ArrayList<>();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            told.addAll(log.take());
            assertThat(ends(told, client, family)).isNotEmpty();
        });
        assertThat(ends(told, client, family)).extracting(Event::kind).containsOnly(EventKind.TRACE);
    }

    /// Those that end a connection, from one side.
    private static List<Event> ends(List<Event> events, LabPod from, IpFamily family) {
        return events.stream()
                .filter(event -> event.protocol() == TCP.number() && (event.tcpFlags() & 0x05) != 0)
                .filter(event -> event.source().address().equals(from.ip(family)))
                .toList();
    }

    /// What is told of the end of a connection that carried a line.
    private static Event end(IpFamily family, String line) {
        List<Event> told = ended(family, line, false);
        List<Event> ends =
                told.stream().filter(event -> event.kind() == EventKind.CLOSE).toList();
        assertThat(ends).hasSize(1);
        return ends.getFirst();
    }

    /// All that is told of a connection that carried a line, until its end.
    private static List<Event> ended(IpFamily family, String line, boolean reset) {
        log.take();
        int port;
        try (TcpConnection connection =
                client.sockets().openTcp(Dial.to(vip(family).address().toString(), 80))) {
            port = connection.local().port();
            connection.exchange(line).answer();
            if (reset) {
                connection.closesByReset();
            }
        }
        List<Event> told = new ArrayList<>();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            log.take().stream()
                    .filter(event ->
                            event.source().port() == port || event.destination().port() == port)
                    .forEach(told::add);
            return told.stream().anyMatch(event -> event.kind() == EventKind.CLOSE);
        });
        return told;
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsRefusedEndsWithNothing(IpFamily family) {
        programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:9");

        client.sockets().tcp(vip(family).address().toString(), 80).failure();

        Event end = tcp().stream()
                .filter(event ->
                        event.kind() == EventKind.CLOSE && event.translated().port() == 9)
                .findFirst()
                .orElseThrow();
        assertThat(end.detail().first()).isZero();
        assertThat(end.detail().second()).isZero();
    }

    @Test
    void nothingIsToldOfEndsWhileNobodyAsks() {
        IpFamily family = IpFamily.IPV4;
        programs.tables.service(TCP, vip(family).address().toString(), 80, "[" + server.ip(family) + "]:8080");
        log.begin(EventLevel.OFF);

        client.sockets().tcp(vip(family).address().toString(), 80).answer();

        assertThat(log.take()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aSystemCallThatFailsIsTold(IpFamily family) {
        programs.tables.service(TCP, vip(family).address().toString(), 80);

        client.sockets().tcp(vip(family).address().toString(), 80);

        Event event = tcp().getFirst();
        assertThat(event.kind()).isEqualTo(EventKind.DROP);
        assertThat(event.hook()).isEqualTo(EventHook.SOCKET);
        assertThat(event.reason()).isEqualTo(DropReason.NO_BACKEND.number());
        assertThat(event.destination()).isEqualTo(vip(family));
        assertThat(event.has(EventFlag.REFUSED)).isTrue();
    }
}
