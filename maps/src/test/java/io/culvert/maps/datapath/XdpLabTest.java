// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.loader.XdpMode;
import io.culvert.maps.AddressKey;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.lab.UdpSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// NodePorts from outside to a backend of another node, before the stack: whether it forwarded anything, the stack
/// itself counts.
@LabTest
class XdpLabTest {

    private static final int PORT = 30080;

    private static Lab lab;
    private static LabNode node;
    private static LabPrograms programs;
    private static LabXdp wire;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("here", PodAttachment.ROUTED, "r1")
                .node("there", PodAttachment.BRIDGED, "b1")
                .create();
        node = lab.node("here");
        LabXdp.finishChecksums(lab, "n1", true);
        wire = LabXdp.attachToWire(lab, "n1");
        programs = LabPrograms.load(node)
                .attachPods(node)
                .attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
        for (IpFamily family : IpFamily.values()) {
            programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
        }
        lab.pods().forEach(pod -> pod.sockets().serve(8080));
    }

    @AfterAll
    static void remove() {
        wire.close();
        programs.close();
        lab.close();
    }

    @BeforeEach
    void clear() {
        programs.tables.clear();
    }

    private static void serve(IpFamily family, String pod) {
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            FrontendKey key = new FrontendKey(IpAddress.of(family == IpFamily.IPV4 ? "0.0.0.0" : "::"), PORT, protocol);
            String backend = "[" + lab.pod(pod).ip(family) + "]:8080";
            programs.tables.service(key, NODE_PORT, Set.of(), List.of(), List.of(backend));
        }
    }

    private static Dial dial(IpFamily family) {
        return Dial.to(node.ip(family).toString(), PORT);
    }

    private static long forwarded(IpFamily family) {
        return LabXdp.forwarded(node, family);
    }

    /// What the stack of the node has forwarded, once the last packets of earlier connections have passed.
    private static long settled(IpFamily family) {
        AtomicLong last = new AtomicLong(-1);
        await().during(Duration.ofMillis(200)).until(() -> {
            long now = forwarded(family);
            return now == last.getAndSet(now);
        });
        return last.get();
    }

    private static void isAnswered(IpFamily family, Outcome.Answer answer) {
        assertThat(answer.server()).isEqualTo("b1");
        assertThat(answer.peer()).isEqualTo(new SocketName(node.ip(family), PORT));
        assertThat(answer.seen().address()).isEqualTo(node.ip(family));
    }

    /// Whether both sides have sent their FIN.
    private static boolean isClosed(IpFamily family, SocketName client) {
        FlowKey key = FlowKey.between(
                Protocol.TCP, new IpPort(client.address(), client.port()), new IpPort(node.ip(family), PORT));
        Flow flow = programs.tables.get(Tables.FLOWS, key).orElseThrow();
        return flow.has(FlowFlag.CLIENT_CLOSED) && flow.has(FlowFlag.SERVER_CLOSED);
    }

    /// Neighbours are known from then on. A datagram leaves nothing behind that comes later.
    private static void askOnce(IpFamily family) {
        isAnswered(family, lab.outside().sockets().udp(dial(family)).answer());
    }

    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void wholeConnectionsPassBeforeTheStack(IpFamily family, XdpMode mode) {
        serve(family, "b1");
        askOnce(family);
        long before = settled(family);
        assertThat(before)
                .as("the programs behind the stack leave it to forward")
                .isPositive();

        try (LabXdp _ = programs.attachXdp(node, mode)) {
            Outcome.Answer answer = lab.outside().sockets().tcp(dial(family)).answer();
            isAnswered(family, answer);
            isAnswered(family, lab.outside().sockets().udp(dial(family)).answer());
            await().until(() -> isClosed(family, answer.local()));
            assertThat(forwarded(family)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void connectionsGoOnWhenItComesAndGoes(IpFamily family, XdpMode mode) {
        serve(family, "b1");
        SocketName first;
        SocketName second;
        try (TcpConnection older = lab.outside().sockets().openTcp(dial(family));
                UdpSocket olderDatagrams = lab.outside().sockets().connectUdp(dial(family))) {
            first = older.local();
            isAnswered(family, older.exchange("one").answer());
            isAnswered(family, olderDatagrams.send("one").answer());
            SocketName seen = older.exchange("two").answer().seen();
            long before = settled(family);

            try (LabXdp xdp = programs.attachXdp(node, mode);
                    TcpConnection newer = lab.outside().sockets().openTcp(dial(family));
                    UdpSocket newerDatagrams = lab.outside().sockets().connectUdp(dial(family))) {
                second = newer.local();
                assertThat(older.exchange("three").answer().seen()).isEqualTo(seen);
                isAnswered(family, olderDatagrams.send("two").answer());
                SocketName seenNewer = newer.exchange("one").answer().seen();
                SocketName seenDatagrams = newerDatagrams.send("one").answer().seen();
                assertThat(forwarded(family)).isEqualTo(before);

                xdp.detach();
                assertThat(newer.exchange("two").answer().seen()).isEqualTo(seenNewer);
                assertThat(newerDatagrams.send("two").answer().seen()).isEqualTo(seenDatagrams);
            }
            assertThat(older.exchange("four").answer().seen()).isEqualTo(seen);
            assertThat(forwarded(family)).isGreaterThan(before);
        }
        await().until(() -> isClosed(family, first) && isClosed(family, second));
    }

    /// What is passed on has to reach the programs of tc as it would without XDP.
    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void backendsOfThisNodeAreLeftToTheStack(IpFamily family, XdpMode mode) {
        serve(family, "r1");
        try (LabXdp _ = programs.attachXdp(node, mode)) {
            Outcome.Answer tcp = lab.outside().sockets().tcp(dial(family)).answer();
            Outcome.Answer udp = lab.outside().sockets().udp(dial(family)).answer();

            assertThat(List.of(tcp.server(), udp.server())).containsOnly("r1");
        }
    }

    /// A packet of this machine whose checksum somebody else is to finish: of the outside, where its device does not.
    @ParameterizedTest
    @EnumSource
    void packetsWithoutAFinishedChecksumAreLeftToTheStack(XdpMode mode) {
        serve(IpFamily.IPV4, "b1");
        askOnce(IpFamily.IPV4);
        LabXdp.finishChecksums(lab, "n1", false);
        try (LabXdp _ = programs.attachXdp(node, mode)) {
            long before = settled(IpFamily.IPV4);

            askOnce(IpFamily.IPV4);
            isAnswered(
                    IpFamily.IPV4,
                    lab.outside().sockets().tcp(dial(IpFamily.IPV4)).answer());

            assertThat(forwarded(IpFamily.IPV4)).isGreaterThan(before);
        } finally {
            LabXdp.finishChecksums(lab, "n1", true);
        }
    }
}
