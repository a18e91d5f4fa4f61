// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.maps.IpPort;
import io.culvert.net.Protocol;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;

/// One connection through the programs of a node, from the client to a backend and back. Each packet is compared byte
/// by byte with one that was built with the addresses that it should have.
final class Journey {

    /// Where a client is.
    enum Client {
        POD,
        EXTERNAL,
        /// The node itself, past `sock_lb`.
        NODE
    }

    /// What each end of an open connection sees.
    ///
    /// @param backend that was chosen
    /// @param seen what the backend sees as its peer
    record Opened(IpPort backend, IpPort seen) {}

    private enum Step {
        OPEN,
        ANSWER,
        DATA
    }

    private final NodePrograms node;
    private final Protocol protocol;
    private final Client kind;
    private final IpPort client;
    private final IpPort service;

    Journey(NodePrograms node, Protocol protocol, Client kind, IpPort client, IpPort service) {
        this.node = node;
        this.protocol = protocol;
        this.kind = kind;
        this.client = client;
        this.service = service;
    }

    /// Opens the connection, has it answered, and goes on with it.
    Opened run() {
        byte[] translated = enter(packet(client, service, Step.OPEN));
        IpPort source = source(translated);
        IpPort backend = destination(translated);
        assertThat(source.address()).isEqualTo(client.address());
        assertThatPacket(translated).isIdenticalTo(packet(source, backend, Step.OPEN));
        boolean here = NodePrograms.isHere(backend.address());

        byte[] sent = node.out(translated, here);
        IpPort seen = source(sent);
        assertThatPacket(sent).isIdenticalTo(packet(seen, backend, Step.OPEN));
        assertThatPacket(node.out(sent, here)).as("a second device").isIdenticalTo(sent);

        byte[] answered = node.in(packet(backend, seen, Step.ANSWER), here);
        if (kind != Client.NODE) {
            assertThatPacket(answered).isIdenticalTo(packet(backend, source, Step.ANSWER));
            answered = node.out(answered, kind == Client.POD);
        }
        assertThatPacket(answered).as("A6_38").isIdenticalTo(packet(service, client, Step.ANSWER));

        byte[] more = enter(packet(client, service, Step.DATA));
        assertThatPacket(more).isIdenticalTo(packet(source, backend, Step.DATA));
        assertThatPacket(node.out(more, here)).isIdenticalTo(packet(seen, backend, Step.DATA));
        return new Opened(backend, seen);
    }

    private byte[] enter(byte[] packet) {
        return switch (kind) {
            case POD -> node.in(packet, true);
            case EXTERNAL -> node.in(packet, false);
            case NODE -> {
                TestRun run = node.sends(packet);
                // Redirected where the machine that runs this has a route, otherwise on to the device at hand.
                assertThat(run.verdict()).isIn(PodPrograms.PASS, PodPrograms.TURNED);
                yield run.packet();
            }
        };
    }

    private byte[] packet(IpPort from, IpPort to, Step step) {
        PacketBuilder ip = ethernet().ip(from.address(), to.address());
        return switch (protocol) {
            case TCP -> ip.tcp(from.port(), to.port(), flags(step)).toBytes();
            case UDP -> ip.udp(from.port(), to.port()).payload(step.name()).toBytes();
            case SCTP ->
                ip.sctp(from.port(), to.port(), sctp -> sctp.chunkType(chunk(step)))
                        .payload(step.name())
                        .toBytes();
        };
    }

    private static TcpFlag[] flags(Step step) {
        return switch (step) {
            case OPEN -> new TcpFlag[] {TcpFlag.SYN};
            case ANSWER -> new TcpFlag[] {TcpFlag.SYN, TcpFlag.ACK};
            case DATA -> new TcpFlag[] {TcpFlag.ACK};
        };
    }

    /// INIT, INIT ACK, DATA
    private static int chunk(Step step) {
        return switch (step) {
            case OPEN -> 1;
            case ANSWER -> 2;
            case DATA -> 0;
        };
    }

    private static IpPort source(byte[] packet) {
        PacketView view = PacketView.of(packet);
        return new IpPort(view.source(), view.sourcePort());
    }

    private static IpPort destination(byte[] packet) {
        PacketView view = PacketView.of(packet);
        return new IpPort(view.destination(), view.destinationPort());
    }
}
