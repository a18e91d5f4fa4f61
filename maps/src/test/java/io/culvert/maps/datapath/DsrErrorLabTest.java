// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes wrong at a backend, or on the last part of the way to it, is told to a client that knows only the address
/// that it dialled.
@LabTest
@SuppressWarnings("NullAway.Init") // made before each invocation of the class
@ParameterizedClass(name = "geneve {0}")
@ValueSource(booleans = {false, true})
class DsrErrorLabTest {

    private static final int CLOSED = 8082;
    private static final int SMALL = 1300;
    private static final int NARROW = 1400;
    private static final String TEXT = "0123456789abcdef".repeat(20_000);
    private static final int CLIENT_PORT = 40000;

    private static DsrNodes nodes;
    private static LabClient client;

    private final boolean geneve;

    DsrErrorLabTest(boolean geneve) {
        this.geneve = geneve;
    }

    @BeforeParameterizedClassInvocation
    static void create(boolean geneve) {
        nodes = new DsrNodes(geneve);
        client = nodes.lab.addClient("client");
    }

    @AfterParameterizedClassInvocation
    static void remove() {
        nodes.close();
    }

    @BeforeEach
    void clear() {
        nodes.clear();
    }

    @ParameterizedTest
    @EnumSource
    void aClosedPortIsToldOfAsTheAddressThatWasDialled(IpFamily family) {
        nodes.serve(family, nodes.lab.pod("b1").ip(family), CLOSED, Protocol.UDP);
        Dial dial = nodes.dial(family);

        Outcome.Failure refused = client.sockets().connectedUdp(dial).failure();
        byte[] datagram = PacketBuilder.bare()
                .ip(client.ip(family).toString(), dial.host())
                .udp(CLIENT_PORT, dial.port())
                .payload("some data")
                .toBytes();
        byte[] error = client.sockets().raw(datagram, 1, Duration.ofSeconds(5)).getFirst();

        assertThat(refused.errno()).isEqualTo("ECONNREFUSED");
        boolean v4 = family == IpFamily.IPV4;
        assertThatPacket(error)
                .isIcmp(v4 ? 3 : 1, v4 ? 3 : 4)
                .hasSource(dial.host())
                .hasDestination(client.ip(family).toString())
                .checksumsAreRight();
        PacketView quoted = PacketView.of(error).embedded();
        assertThat(quoted.source()).isEqualTo(client.ip(family));
        assertThat(quoted.sourcePort()).isEqualTo(CLIENT_PORT);
        assertThat(quoted.destination()).hasToString(dial.host());
        assertThat(quoted.destinationPort()).isEqualTo(dial.port());
    }

    /// The way to the backend is narrower than all that the node which was dialled knows of.
    @ParameterizedTest
    @EnumSource
    void aNarrowWayToTheBackendIsToldOf(IpFamily family) {
        LabPod backend = nodes.lab.pod("b1");
        String prefix = backend.ip(family) + "/" + family.bits();
        nodes.there
                .exec("ip", "route", "replace", prefix, "dev", "cni0", "mtu", "" + SMALL)
                .orThrow();
        try {
            isToldOf(family, SMALL);
        } finally {
            nodes.there.exec("ip", "route", "del", prefix, "dev", "cni0").orThrow();
        }
    }

    /// A router on it tells the node that was dialled, which has not sent what the client did.
    @ParameterizedTest
    @EnumSource
    void aNarrowWayBetweenTheNodesIsToldOf(IpFamily family) {
        int outer = (family == IpFamily.IPV4 ? 20 : 40) + (geneve ? 24 : 0);
        try (NarrowWay _ = NarrowWay.between(nodes, family, NARROW)) {
            isToldOf(family, NARROW - outer);
        }
    }

    private static void isToldOf(IpFamily family, int mtu) {
        nodes.serve(family);
        DsrNodes.forgetMtu(client, family);
        try (TcpConnection connection = client.sockets().openTcp(nodes.dial(family))) {
            Outcome.Answer answer = connection.exchange(TEXT).answer();
            assertThat(answer.echo()).isEqualTo(TEXT);
            nodes.isDirect(family, answer);
        }
        assertThat(client.exec("ip", "route", "get", nodes.dial(family).host()).orThrow())
                .contains("mtu " + mtu + " ");
    }
}
