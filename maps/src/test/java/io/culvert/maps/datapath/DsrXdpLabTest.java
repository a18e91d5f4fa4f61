// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.loader.XdpMode;
import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.TcpConnection;
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

    private static final String TEXT = "z".repeat(300_000);

    private static DsrNodes nodes;
    private static LabXdp wire;
    private static LabClient client;

    /// The parameter is for what is done before.
    DsrXdpLabTest(boolean ignored) {}

    @BeforeParameterizedClassInvocation
    static void create(boolean geneve) {
        nodes = new DsrNodes(geneve);
        client = nodes.lab.addClient("client");
        LabXdp.finishChecksums(nodes.lab, "n1", true);
        wire = LabXdp.attachToWire(nodes.lab, "n1");
    }

    @AfterParameterizedClassInvocation
    static void remove() {
        wire.close();
        nodes.close();
    }

    @BeforeEach
    void clear() {
        nodes.clear();
    }

    private static void isHandedOn(IpFamily family, Outcome.Answer answer) {
        assertThat(answer.server()).isEqualTo("b1");
        nodes.isDirect(family, answer);
    }

    /// Without the programs behind the stack nobody else could hand anything on, or answer.
    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void wholeConnectionsAreHandedOnBeforeTheStack(IpFamily family, XdpMode mode) {
        nodes.serve(family);
        isHandedOn(family, nodes.lab.outside().sockets().udp(nodes.dial(family)).answer());
        try (LabXdp _ = nodes.dialled.attachXdp(nodes.here, mode)) {
            nodes.dialled.withoutIngress(nodes.here, "eth0", () -> {
                Outcome.Answer tcp =
                        nodes.lab.outside().sockets().tcp(nodes.dial(family)).answer();
                isHandedOn(family, tcp);
                isHandedOn(
                        family,
                        nodes.lab.outside().sockets().udp(nodes.dial(family)).answer());
                await().until(() ->
                        nodes.flow(family, Protocol.TCP, tcp.local()).has(FlowFlag.CLIENT_CLOSED));
            });
        }
    }

    /// What the client sends at first does not fit in an outer header: tc tells it so, and the rest passes before the
    /// stack.
    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void whatDoesNotFitIsAnswered(IpFamily family, XdpMode mode) {
        nodes.serve(family);
        DsrNodes.forgetMtu(nodes.lab.outside(), family);
        isHandedOn(family, nodes.lab.outside().sockets().udp(nodes.dial(family)).answer());
        try (LabXdp _ = nodes.dialled.attachXdp(nodes.here, mode);
                TcpConnection connection = nodes.lab.outside().sockets().openTcp(nodes.dial(family))) {
            Outcome.Answer answer = connection.exchange(TEXT).answer();

            assertThat(answer.echo()).isEqualTo(TEXT);
            isHandedOn(family, answer);
            assertThat(nodes.dialled.tables.drops(DropReason.TOO_BIG)).isPositive();
        }
    }

    /// The way that the stack learns from a router is heeded before it, too.
    @ParameterizedTest
    @CsvSource({"IPV4, NATIVE", "IPV6, NATIVE", "IPV4, GENERIC", "IPV6, GENERIC"})
    void whatDoesNotFitTheWayBetweenTheNodesIsAnswered(IpFamily family, XdpMode mode) {
        nodes.serve(family);
        DsrNodes.forgetMtu(client, family);
        try (NarrowWay _ = NarrowWay.between(nodes, family, 1400);
                LabXdp _ = nodes.dialled.attachXdp(nodes.here, mode);
                TcpConnection connection = client.sockets().openTcp(nodes.dial(family))) {
            Outcome.Answer answer = connection.exchange(TEXT).answer();

            assertThat(answer.echo()).isEqualTo(TEXT);
            isHandedOn(family, answer);
        }
    }
}
