// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.AddressKey;
import io.culvert.maps.DropReason;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FrontendFlag;
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
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.Offload;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.lab.UdpSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A client outside dials one node, and the backend is on another, which answers the client past the first.
@LabTest
@SuppressWarnings("NullAway.Init") // made before each invocation of the class
@ParameterizedClass(name = "geneve {0}")
@ValueSource(booleans = {false, true})
class DsrLabTest {

    private static final int PORT = 30080;
    private static final int MEBIBYTES = 16;

    private static Lab lab;
    private static LabNode here;
    private static LabNode there;
    private static LabPrograms dialled;
    private static LabPrograms backends;

    private final boolean geneve;

    DsrLabTest(boolean geneve) {
        this.geneve = geneve;
    }

    @BeforeParameterizedClassInvocation
    static void create(boolean geneve) {
        lab = Lab.builder()
                .node("here", PodAttachment.ROUTED, "r1")
                .node("there", PodAttachment.BRIDGED, "b1")
                .create();
        here = lab.node("here");
        there = lab.node("there");
        dialled = programs(here, there, geneve);
        backends = programs(there, here, geneve);
        lab.pods().forEach(pod -> pod.sockets().serve(8080));
        there.sockets().serve(8080);
    }

    private static LabPrograms programs(LabNode node, LabNode other, boolean geneve) {
        LabPrograms programs = LabPrograms.load(node)
                .dispatch(geneve)
                .attachPods(node)
                .attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
        for (IpFamily family : IpFamily.values()) {
            programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
            programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(other.ip(family)), AddressKey.OTHER_NODE);
        }
        return programs;
    }

    @AfterParameterizedClassInvocation
    static void remove() {
        dialled.close();
        backends.close();
        lab.close();
    }

    @BeforeEach
    void clear() {
        dialled.tables.clear();
        backends.tables.clear();
    }

    private static FrontendKey frontend(IpFamily family, Protocol protocol) {
        return new FrontendKey(IpAddress.of(family == IpFamily.IPV4 ? "0.0.0.0" : "::"), PORT, protocol);
    }

    /// A Service with one backend on the other node, as either node has it.
    private static void serve(IpFamily family, IpAddress backend, FrontendFlag... flags) {
        String end = "[" + backend + "]:8080";
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            FrontendKey key = frontend(family, protocol);
            dialled.tables.service(key, NODE_PORT, Set.of(flags), List.of(), List.of(end));
            backends.tables.service(key, NODE_PORT, Set.of(flags), List.of(end), List.of());
        }
    }

    private static void serve(IpFamily family) {
        serve(family, lab.pod("b1").ip(family), FrontendFlag.DSR);
    }

    private static Dial dial(IpFamily family) {
        return Dial.to(here.ip(family).toString(), PORT);
    }

    /// The server saw the client itself, which saw the node that it dialled.
    private static void isDirect(IpFamily family, Outcome.Answer answer) {
        assertThat(answer.peer()).isEqualTo(new SocketName(here.ip(family), PORT));
        assertThat(answer.seen().port()).isEqualTo(answer.local().port());
        assertThat(answer.seen().address()).isNotIn(here.ip(family), there.ip(family));
    }

    private static Flow flow(LabPrograms of, IpFamily family, Protocol protocol, SocketName client) {
        FlowKey key = FlowKey.between(
                protocol, new IpPort(client.address(), client.port()), new IpPort(here.ip(family), PORT));
        return of.tables.get(Tables.FLOWS, key).orElseThrow();
    }

    /// Bytes that came in by the device of the node that clients dial.
    private static long received() {
        return Long.parseLong(here.exec("cat", "/sys/class/net/eth0/statistics/rx_bytes")
                .orThrow()
                .strip());
    }

    @ParameterizedTest
    @EnumSource
    void theBackendSeesAndAnswersTheClient(IpFamily family) {
        serve(family);

        Outcome.Answer tcp = lab.outside().sockets().tcp(dial(family)).answer();
        Outcome.Answer udp = lab.outside().sockets().udp(dial(family)).answer();

        for (Outcome.Answer answer : List.of(tcp, udp)) {
            assertThat(answer.server()).isEqualTo("b1");
            isDirect(family, answer);
        }
        assertThat(flow(dialled, family, Protocol.UDP, udp.seen()).has(FlowFlag.DSR))
                .isTrue();
        assertThat(dialled.tables.count(Tables.FLOWS)).isEqualTo(2);
        assertThat(backends.tables.count(Tables.FLOWS)).isEqualTo(4);
        await().until(() -> flow(dialled, family, Protocol.TCP, tcp.local()).has(FlowFlag.CLIENT_CLOSED));
    }

    @ParameterizedTest
    @EnumSource
    void aBackendInTheNetworkOfItsNodeDoesSoToo(IpFamily family) {
        serve(family, there.ip(family), FrontendFlag.DSR);

        Outcome.Answer tcp = lab.outside().sockets().tcp(dial(family)).answer();

        assertThat(tcp.server()).isEqualTo("there");
        isDirect(family, tcp);
        isDirect(family, lab.outside().sockets().udp(dial(family)).answer());
    }

    @ParameterizedTest
    @EnumSource
    void aBackendOfTheNodeThatIsDialledSeesTheClientToo(IpFamily family) {
        String end = "[" + lab.pod("r1").ip(family) + "]:8080";
        dialled.tables.service(
                frontend(family, Protocol.TCP), NODE_PORT, Set.of(FrontendFlag.DSR), List.of(end), List.of());

        Outcome.Answer tcp = lab.outside().sockets().tcp(dial(family)).answer();

        assertThat(tcp.server()).isEqualTo("r1");
        isDirect(family, tcp);
    }

    @ParameterizedTest
    @EnumSource
    void theBackendsNodeLearnsOfAConnectionByAnyOfItsPackets(IpFamily family) {
        serve(family);
        try (TcpConnection tcp = lab.outside().sockets().openTcp(dial(family));
                UdpSocket udp = lab.outside().sockets().connectUdp(dial(family))) {
            isDirect(family, tcp.exchange("one").answer());
            isDirect(family, udp.send("one").answer());
            forgetFlows();

            isDirect(family, tcp.exchange("two").answer());
            isDirect(family, udp.send("two").answer());
        }
        assertThat(backends.tables.drops(DropReason.DSR_NO_BACKEND)).isZero();
    }

    private static void forgetFlows() {
        backends.tables.clear();
        for (IpFamily family : IpFamily.values()) {
            String end = "[" + lab.pod("b1").ip(family) + "]:8080";
            for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                backends.tables.service(
                        frontend(family, protocol), NODE_PORT, Set.of(FrontendFlag.DSR), List.of(end), List.of());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectionsKeepTheModeThatTheyBeganWith(IpFamily family) {
        serve(family);
        try (TcpConnection direct = lab.outside().sockets().openTcp(dial(family))) {
            isDirect(family, direct.exchange("one").answer());
            dialled.tables.remove(Tables.FRONTENDS, frontend(family, Protocol.TCP));
            String end = "[" + lab.pod("b1").ip(family) + "]:8080";
            dialled.tables.service(frontend(family, Protocol.TCP), NODE_PORT, Set.of(), List.of(), List.of(end));

            try (TcpConnection masqueraded = lab.outside().sockets().openTcp(dial(family))) {
                assertThat(masqueraded.exchange("one").answer().seen().address())
                        .isEqualTo(here.ip(family));
                isDirect(family, direct.exchange("two").answer());
                serve(family);
                assertThat(masqueraded.exchange("two").answer().seen().address())
                        .isEqualTo(here.ip(family));
                isDirect(family, lab.outside().sockets().tcp(dial(family)).answer());
            }
        }
    }

    /// Every link has an MTU of 1500, so that what the client sends must be smaller than it thinks at first.
    @ParameterizedTest
    @EnumSource
    void bulkPassesBothWaysAndRepliesDoNotPassTheNodeThatWasDialled(IpFamily family) {
        List<LabProcess> servers = new ArrayList<>();
        for (boolean cut : List.of(false, true)) {
            segmentation(!cut);
            try {
                serve(family);
                String name = "bulk" + family + cut + geneve;
                LabProcess server = lab.pod("b1").start(name, List.of("python3", "-uc", Bulk.SERVER, "8081"));
                servers.add(server);
                server.awaitLine("listening", Duration.ofSeconds(10));
                serveBulk(family);
                long before = received();

                String down = bulk(family, "down");
                long ofDownload = received() - before;
                String up = bulk(family, "up");

                assertThat(List.of(down, up)).containsOnly(Bulk.digest(MEBIBYTES));
                assertThat(ofDownload).isLessThan(MEBIBYTES * 1024 * 1024 / 10);
                assertThat(dialled.tables.drops(DropReason.TOO_BIG)).isPositive();
            } finally {
                servers.forEach(LabProcess::kill);
                segmentation(true);
            }
        }
    }

    /// The first datagrams are lost, until the client has heard how large its fragments may be.
    @ParameterizedTest
    @EnumSource
    void datagramsInFragmentsArriveWhole(IpFamily family) {
        serve(family);
        for (int size : List.of(4_000, 60_000)) {
            String text = "0123456789".repeat(size / 10);
            Dial dial = dial(family).within(Duration.ofMillis(300));
            try (UdpSocket socket = lab.outside().sockets().connectUdp(dial)) {
                Outcome first = await().until(() -> socket.send(text), Outcome.Answer.class::isInstance);

                for (Outcome outcome : List.of(first, socket.send(text), socket.send(text))) {
                    assertThat(outcome.answer().echo()).isEqualTo(text);
                    isDirect(family, outcome.answer());
                }
            }
        }
    }

    private static void serveBulk(IpFamily family) {
        String end = "[" + lab.pod("b1").ip(family) + "]:8081";
        FrontendKey key = frontend(family, Protocol.TCP);
        dialled.tables.service(key, NODE_PORT, Set.of(FrontendFlag.DSR), List.of(), List.of(end));
        backends.tables.service(key, NODE_PORT, Set.of(FrontendFlag.DSR), List.of(end), List.of());
    }

    private static String bulk(IpFamily family, String direction) {
        return lab.outside()
                .exec("python3", "-c", Bulk.CLIENT, here.ip(family).toString(), "" + PORT, direction, "" + MEBIBYTES)
                .orThrow()
                .strip();
    }

    /// Whether the client leaves it to its device to cut what it sends into packets.
    private static void segmentation(boolean on) {
        for (String device : List.of("br0", "n1")) {
            Offload.TSO.set(lab.outside(), device, on);
            Offload.GSO.set(lab.outside(), device, on);
        }
    }
}
