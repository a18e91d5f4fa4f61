// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.loader.XdpMode;
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
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A client outside dials one node, which hands its packets to another before its stack has seen them.
@LabTest
@SuppressWarnings("NullAway.Init") // made before each invocation of the class
@ParameterizedClass(name = "geneve {0}")
@ValueSource(booleans = {false, true})
class DsrXdpLabTest {

    private static final int PORT = 30080;

    private static Lab lab;
    private static LabNode here;
    private static LabNode there;
    private static LabPrograms dialled;
    private static LabPrograms backends;
    private static LabXdp wire;

    /// The parameter is for what is done before.
    DsrXdpLabTest(boolean ignored) {}

    @BeforeParameterizedClassInvocation
    static void create(boolean geneve) {
        lab = Lab.builder()
                .node("here", PodAttachment.ROUTED)
                .node("there", PodAttachment.BRIDGED, "b1")
                .create();
        here = lab.node("here");
        there = lab.node("there");
        LabXdp.finishChecksums(lab, "n1", true);
        wire = LabXdp.attachToWire(lab, "n1");
        dialled = programs(here, there, geneve);
        backends = programs(there, here, geneve);
        lab.pod("b1").sockets().serve(8080);
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
        wire.close();
        dialled.close();
        backends.close();
        lab.close();
    }

    @BeforeEach
    void clear() {
        dialled.tables.clear();
        backends.tables.clear();
    }

    private static void serve(IpFamily family) {
        List<String> end = List.of("[" + lab.pod("b1").ip(family) + "]:8080");
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            FrontendKey key = new FrontendKey(IpAddress.of(family == IpFamily.IPV4 ? "0.0.0.0" : "::"), PORT, protocol);
            dialled.tables.service(key, NODE_PORT, Set.of(FrontendFlag.DSR), List.of(), end);
            backends.tables.service(key, NODE_PORT, Set.of(FrontendFlag.DSR), end, List.of());
        }
    }

    private static Dial dial(IpFamily family) {
        return Dial.to(here.ip(family).toString(), PORT);
    }

    /// The server saw the client itself, which saw the node that it dialled.
    private static void isDirect(IpFamily family, Outcome.Answer answer) {
        assertThat(answer.server()).isEqualTo("b1");
        assertThat(answer.peer()).isEqualTo(new SocketName(here.ip(family), PORT));
        assertThat(answer.seen().port()).isEqualTo(answer.local().port());
        assertThat(answer.seen().address()).isNotIn(here.ip(family), there.ip(family));
    }

    private static Flow flow(IpFamily family, SocketName client) {
        FlowKey key = FlowKey.between(
                Protocol.TCP, new IpPort(client.address(), client.port()), new IpPort(here.ip(family), PORT));
        return dialled.tables.get(Tables.FLOWS, key).orElseThrow();
    }

    /// Without the programs behind the stack nobody else could hand anything on, or answer.
    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void wholeConnectionsAreHandedOnBeforeTheStack(IpFamily family, XdpMode mode) {
        serve(family);
        isDirect(family, lab.outside().sockets().udp(dial(family)).answer());
        try (LabXdp _ = dialled.attachXdp(here, mode)) {
            dialled.withoutIngress(here, "eth0", () -> {
                Outcome.Answer tcp = lab.outside().sockets().tcp(dial(family)).answer();
                isDirect(family, tcp);
                isDirect(family, lab.outside().sockets().udp(dial(family)).answer());
                await().until(() -> flow(family, tcp.local()).has(FlowFlag.CLIENT_CLOSED));
            });
        }
    }

    /// What the client sends at first does not fit in an outer header: tc tells it so, and the rest passes before the
    /// stack.
    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void whatDoesNotFitIsAnswered(IpFamily family, XdpMode mode) {
        serve(family);
        forgetMtu(family);
        isDirect(family, lab.outside().sockets().udp(dial(family)).answer());
        String text = "z".repeat(300_000);
        try (LabXdp _ = dialled.attachXdp(here, mode);
                TcpConnection connection = lab.outside().sockets().openTcp(dial(family))) {
            Outcome.Answer answer = connection.exchange(text).answer();

            assertThat(answer.echo()).isEqualTo(text);
            isDirect(family, answer);
            assertThat(dialled.tables.drops(DropReason.TOO_BIG)).isPositive();
        }
    }

    /// What an earlier answer has told the client.
    private static void forgetMtu(IpFamily family) {
        lab.outside()
                .exec("ip", family == IpFamily.IPV4 ? "-4" : "-6", "route", "flush", "cache")
                .orThrow();
    }
}
