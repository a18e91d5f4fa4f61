// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.Tables;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.Offload;
import io.culvert.testkit.lab.Outcome;
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

    private static final int MEBIBYTES = 16;

    private static DsrNodes nodes;

    private final boolean geneve;

    DsrLabTest(boolean geneve) {
        this.geneve = geneve;
    }

    @BeforeParameterizedClassInvocation
    static void create(boolean geneve) {
        nodes = new DsrNodes(geneve);
    }

    @AfterParameterizedClassInvocation
    static void remove() {
        nodes.close();
    }

    @BeforeEach
    void clear() {
        nodes.clear();
    }

    /// Bytes that came in by the device of the node that clients dial.
    private static long received() {
        return Long.parseLong(nodes.here
                .exec("cat", "/sys/class/net/eth0/statistics/rx_bytes")
                .orThrow()
                .strip());
    }

    @ParameterizedTest
    @EnumSource
    void theBackendSeesAndAnswersTheClient(IpFamily family) {
        nodes.serve(family);

        Outcome.Answer tcp =
                nodes.lab.outside().sockets().tcp(nodes.dial(family)).answer();
        Outcome.Answer udp =
                nodes.lab.outside().sockets().udp(nodes.dial(family)).answer();

        for (Outcome.Answer answer : List.of(tcp, udp)) {
            assertThat(answer.server()).isEqualTo("b1");
            nodes.isDirect(family, answer);
        }
        assertThat(nodes.flow(family, Protocol.UDP, udp.seen()).has(FlowFlag.DSR))
                .isTrue();
        assertThat(nodes.dialled.tables.count(Tables.FLOWS)).isEqualTo(2);
        assertThat(nodes.backends.tables.count(Tables.FLOWS)).isEqualTo(4);
        await().until(() -> nodes.flow(family, Protocol.TCP, tcp.local()).has(FlowFlag.CLIENT_CLOSED));
    }

    @ParameterizedTest
    @EnumSource
    void aBackendInTheNetworkOfItsNodeDoesSoToo(IpFamily family) {
        nodes.serve(family, nodes.there.ip(family), 8080, Protocol.TCP, Protocol.UDP);

        Outcome.Answer tcp =
                nodes.lab.outside().sockets().tcp(nodes.dial(family)).answer();

        assertThat(tcp.server()).isEqualTo("there");
        nodes.isDirect(family, tcp);
        nodes.isDirect(
                family, nodes.lab.outside().sockets().udp(nodes.dial(family)).answer());
    }

    @ParameterizedTest
    @EnumSource
    void aBackendOfTheNodeThatIsDialledSeesTheClientToo(IpFamily family) {
        String end = "[" + nodes.lab.pod("r1").ip(family) + "]:8080";
        nodes.dialled.tables.service(
                DsrNodes.frontend(family, Protocol.TCP), NODE_PORT, Set.of(FrontendFlag.DSR), List.of(end), List.of());

        Outcome.Answer tcp =
                nodes.lab.outside().sockets().tcp(nodes.dial(family)).answer();

        assertThat(tcp.server()).isEqualTo("r1");
        nodes.isDirect(family, tcp);
    }

    @ParameterizedTest
    @EnumSource
    void theBackendsNodeLearnsOfAConnectionByAnyOfItsPackets(IpFamily family) {
        nodes.serve(family);
        try (TcpConnection tcp = nodes.lab.outside().sockets().openTcp(nodes.dial(family));
                UdpSocket udp = nodes.lab.outside().sockets().connectUdp(nodes.dial(family))) {
            nodes.isDirect(family, tcp.exchange("one").answer());
            nodes.isDirect(family, udp.send("one").answer());
            forgetFlows();

            nodes.isDirect(family, tcp.exchange("two").answer());
            nodes.isDirect(family, udp.send("two").answer());
        }
        assertThat(nodes.backends.tables.drops(DropReason.DSR_NO_BACKEND)).isZero();
    }

    private static void forgetFlows() {
        nodes.backends.tables.clear();
        for (IpFamily family : IpFamily.values()) {
            String end = "[" + nodes.lab.pod("b1").ip(family) + "]:8080";
            for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                nodes.backends.tables.service(
                        DsrNodes.frontend(family, protocol),
                        NODE_PORT,
                        Set.of(FrontendFlag.DSR),
                        List.of(end),
                        List.of());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectionsKeepTheModeThatTheyBeganWith(IpFamily family) {
        nodes.serve(family);
        try (TcpConnection direct = nodes.lab.outside().sockets().openTcp(nodes.dial(family))) {
            nodes.isDirect(family, direct.exchange("one").answer());
            nodes.dialled.tables.remove(Tables.FRONTENDS, DsrNodes.frontend(family, Protocol.TCP));
            String end = "[" + nodes.lab.pod("b1").ip(family) + "]:8080";
            nodes.dialled.tables.service(
                    DsrNodes.frontend(family, Protocol.TCP), NODE_PORT, Set.of(), List.of(), List.of(end));

            try (TcpConnection masqueraded = nodes.lab.outside().sockets().openTcp(nodes.dial(family))) {
                assertThat(masqueraded.exchange("one").answer().seen().address())
                        .isEqualTo(nodes.here.ip(family));
                nodes.isDirect(family, direct.exchange("two").answer());
                nodes.serve(family);
                assertThat(masqueraded.exchange("two").answer().seen().address())
                        .isEqualTo(nodes.here.ip(family));
                nodes.isDirect(
                        family,
                        nodes.lab.outside().sockets().tcp(nodes.dial(family)).answer());
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
                nodes.serve(family);
                String name = "bulk" + family + cut + geneve;
                LabProcess server = nodes.lab.pod("b1").start(name, List.of("python3", "-uc", Bulk.SERVER, "8081"));
                servers.add(server);
                server.awaitLine("listening", Duration.ofSeconds(10));
                nodes.serve(family, nodes.lab.pod("b1").ip(family), 8081, Protocol.TCP);
                long before = received();

                String down = bulk(family, "down");
                long ofDownload = received() - before;
                String up = bulk(family, "up");

                assertThat(List.of(down, up)).containsOnly(Bulk.digest(MEBIBYTES));
                assertThat(ofDownload).isLessThan(MEBIBYTES * 1024 * 1024 / 10);
                assertThat(nodes.dialled.tables.drops(DropReason.TOO_BIG)).isPositive();
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
        nodes.serve(family);
        for (int size : List.of(4_000, 60_000)) {
            String text = "0123456789".repeat(size / 10);
            Dial dial = nodes.dial(family).within(Duration.ofMillis(300));
            try (UdpSocket socket = nodes.lab.outside().sockets().connectUdp(dial)) {
                Outcome first = await().until(() -> socket.send(text), Outcome.Answer.class::isInstance);

                for (Outcome outcome : List.of(first, socket.send(text), socket.send(text))) {
                    assertThat(outcome.answer().echo()).isEqualTo(text);
                    nodes.isDirect(family, outcome.answer());
                }
            }
        }
    }

    private static String bulk(IpFamily family, String direction) {
        return nodes.lab
                .outside()
                .exec(
                        "python3",
                        "-c",
                        Bulk.CLIENT,
                        nodes.here.ip(family).toString(),
                        "" + nodes.dial(family).port(),
                        direction,
                        "" + MEBIBYTES)
                .orThrow()
                .strip();
    }

    /// Whether the client leaves it to its device to cut what it sends into packets.
    private static void segmentation(boolean on) {
        for (String device : List.of("br0", "n1")) {
            Offload.TSO.set(nodes.lab.outside(), device, on);
            Offload.GSO.set(nodes.lab.outside(), device, on);
        }
    }
}
