// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfMap;
import io.culvert.loader.ProgramRunner;
import io.culvert.loader.TestRun;
import io.culvert.loader.UpdateMode;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.maps.AddressKey;
import io.culvert.maps.LocalPod;
import io.culvert.maps.Tables;
import io.culvert.maps.layout.CTypes;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Single packets at the interface of a pod, whose interfaces exist: which are handed over, and how they look then.
@LabTest
class FastPathPacketLabTest {

    private static final MacAddress POD = new MacAddress(0x0a0000000001L);
    private static final MacAddress BRIDGE = new MacAddress(0x0a0000000002L);
    private static final String STRANGER = "0a:00:00:00:00:99";
    private static final int GONE = 1 << 29;

    private static Lab lab;
    private static PodPrograms programs;
    private static Link client;
    private static Link server;

    @BeforeAll
    static void load() throws ExecutionException, InterruptedException {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        programs = PodPrograms.load();
        client = link("client");
        server = link("server");
        BpfMap tails = programs.object().map(Tables.FAST_TAILS.name());
        try (Arena arena = Arena.ofConfined()) {
            tails.update(
                    arena.allocateFrom(CTypes.U32, FastPath.Tail.PLAIN.number()),
                    programs.object().program("pod_fast"),
                    UpdateMode.ANY);
        }
    }

    @AfterAll
    static void close() {
        programs.close();
        lab.close();
    }

    @BeforeEach
    void pods() {
        for (IpFamily family : IpFamily.values()) {
            pod("client", family, client.index());
            pod("server", family, server.index());
        }
    }

    private static void pod(String name, IpFamily family, int ifindex) {
        programs.tables.put(Tables.LOCAL_PODS, key(name, family), new LocalPod(ifindex, POD, BRIDGE));
    }

    private static AddressKey key(String name, IpFamily family) {
        return new AddressKey(lab.pod(name).ip(family));
    }

    private static Link link(String pod) throws ExecutionException, InterruptedException {
        LabPod wanted = lab.pod(pod);
        List<Link> links = NetworkNamespace.call(namespace(), Rtnetlink::links);
        return links.stream()
                .filter(link -> link.name().equals(wanted.hostInterface()))
                .findFirst()
                .orElseThrow();
    }

    private static Path namespace() {
        return Path.of("/run/netns", lab.node("n1").netns());
    }

    /// What becomes of a packet that the client sends.
    private static TestRun send(byte[] packet) {
        try {
            return NetworkNamespace.call(namespace(), () -> {
                try (ProgramRunner runner = new ProgramRunner()) {
                    int verdict = runner.run(
                            programs.object().program("pod_ingress"), packet, client.index(), client.index());
                    return new TestRun(verdict, runner.packet(), new byte[0], 0);
                }
            });
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void assertLeftToTheStack(byte[] packet) {
        TestRun result = send(packet);

        assertThat(result.verdict()).isEqualTo(PodPrograms.PASS);
        assertThat(result.packet()).isEqualTo(packet);
    }

    private static PacketBuilder to(String mac, IpFamily family, int ttl) {
        PacketBuilder frame = PacketBuilder.ethernet(headers -> headers.destination(mac));
        String source = lab.pod("client").ip(family).toString();
        String destination = lab.pod("server").ip(family).toString();
        return family == IpFamily.IPV4
                ? frame.ipv4(source, destination, header -> header.ttl(ttl))
                : frame.ipv6(source, destination, header -> header.hopLimit(ttl));
    }

    private static PacketBuilder routed(IpFamily family, int ttl) {
        return to(client.address().orElseThrow().toString(), family, ttl);
    }

    private static byte[] ack(PacketBuilder network) {
        return network.tcp(40000, 80, TcpFlag.ACK).payload("some data").toBytes();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentToTheNodeIsRouted(IpFamily family) {
        for (int ttl : new int[] {2, 64, 255}) {
            byte[] packet = ack(routed(family, ttl));

            TestRun result = send(packet);

            PacketView view = PacketView.of(result.packet());
            assertThat(result.verdict()).isEqualTo(PodPrograms.TURNED);
            assertThat(view.ttl()).isEqualTo(ttl - 1);
            assertThat(view.destinationMac()).isEqualTo(POD.toString());
            assertThat(view.sourceMac()).isEqualTo(BRIDGE.toString());
            assertThat(view.payload()).isEqualTo(PacketView.of(packet).payload());
            assertThatPacket(result.packet())
                    .hasSource(lab.pod("client").ip(family).toString(), 40000)
                    .hasDestination(lab.pod("server").ip(family).toString(), 80)
                    .checksumsAreRight();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentToTheBridgeIsRouted(IpFamily family) {
        TestRun result = send(ack(to(BRIDGE.toString(), family, 64)));

        assertThat(result.verdict()).isEqualTo(PodPrograms.TURNED);
        assertThat(PacketView.of(result.packet()).ttl()).isEqualTo(63);
        assertThat(PacketView.of(result.packet()).destinationMac()).isEqualTo(POD.toString());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentToThePodItselfStaysAsItIs(IpFamily family) {
        byte[] packet = ack(to(POD.toString(), family, 1));

        TestRun result = send(packet);

        assertThat(result.verdict()).isEqualTo(PodPrograms.TURNED);
        assertThat(result.packet()).isEqualTo(packet);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsTranslatedIsHandedToTheBackend(IpFamily family) {
        IpAddress vip = IpAddress.of(family == IpFamily.IPV4 ? "10.96.0.10" : "fd96::10");
        String backend = lab.pod("server").ip(family).toString();
        programs.tables.service(
                Protocol.TCP, vip.toString(), 80, (backend.contains(":") ? "[" + backend + "]" : backend) + ":8080");
        PacketBuilder frame = PacketBuilder.ethernet(
                headers -> headers.destination(client.address().orElseThrow().toString()));

        TestRun result = send(frame.ip(lab.pod("client").ip(family), vip)
                .tcp(40000, 80, TcpFlag.SYN)
                .toBytes());

        assertThat(result.verdict()).isEqualTo(PodPrograms.TURNED);
        assertThat(PacketView.of(result.packet()).destinationMac()).isEqualTo(POD.toString());
        assertThatPacket(result.packet())
                .hasDestination(lab.pod("server").ip(family).toString(), 8080)
                .checksumsAreRight();
    }

    @ParameterizedTest
    @EnumSource
    void whatNeedsTheStackIsLeftToIt(IpFamily family) {
        assertLeftToTheStack(ack(routed(family, 1)));
        assertLeftToTheStack(ack(to(STRANGER, family, 64)));
        assertLeftToTheStack(ack(to("ff:ff:ff:ff:ff:ff", family, 64)));
        assertLeftToTheStack(routed(family, 64)
                .udp(40000, 80)
                .payload("x".repeat(server.mtu()))
                .toBytes());
        assertLeftToTheStack(
                routed(family, 64).icmp(family == IpFamily.IPV4 ? 8 : 128, 0).toBytes());
    }

    @Test
    void fragmentsAndOptionsAreLeftToTheStack() {
        String source = lab.pod("client").ip(IpFamily.IPV4).toString();
        String destination = lab.pod("server").ip(IpFamily.IPV4).toString();
        String router = client.address().orElseThrow().toString();

        for (byte[] fragment : routed(IpFamily.IPV4, 64)
                .udp(40000, 80)
                .payload("x".repeat(3000))
                .fragments(1000)) {
            assertLeftToTheStack(fragment);
        }
        assertLeftToTheStack(ack(PacketBuilder.ethernet(headers -> headers.destination(router))
                .ipv4(source, destination, header -> header.options(1, 1, 1, 1))));
    }

    @ParameterizedTest
    @EnumSource
    void aSourceThatIsNotBehindTheInterfaceIsLeftToTheStack(IpFamily family) {
        pod("client", family, server.index());
        assertLeftToTheStack(ack(routed(family, 64)));

        programs.tables.remove(Tables.LOCAL_PODS, key("client", family));
        assertLeftToTheStack(ack(routed(family, 64)));
    }

    @ParameterizedTest
    @EnumSource
    void anInterfaceThatIsGoneIsLeftToTheStack(IpFamily family) {
        pod("server", family, GONE);
        assertLeftToTheStack(ack(routed(family, 64)));

        programs.tables.remove(Tables.LOCAL_PODS, key("server", family));
        assertLeftToTheStack(ack(routed(family, 64)));
    }
}
