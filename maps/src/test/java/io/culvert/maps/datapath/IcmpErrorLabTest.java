// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.FrontendType.CLUSTER_IP;
import static io.culvert.maps.FrontendType.NODE_PORT;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.Control;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Real senders that learn from ICMP errors about connections that are translated packet by packet: small paths, closed
/// ports, routers on the way. Nodes forward to their pods, and to the outside, 1,300 bytes at most.
@LabTest
class IcmpErrorLabTest {

    /// An echo from a socket that is told of errors (IP_RECVERR, IPV6_RECVERR), as ping(8) is.
    private static final String PING = """
            import errno, socket, sys
            six = sys.argv[1] == '6'
            sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW, 58 if six else 1)
            sock.setsockopt(41 if six else 0, 25 if six else 11, 1)
            sock.settimeout(3)
            sock.connect((sys.argv[2], 0))
            message = bytes([128 if six else 8, 0, 0, 0, 0, 7, 0, 1])
            if not six:
                message = message[:2] + (0xffff - 0x0800 - 8).to_bytes(2, 'big') + message[4:]
            sock.send(message)
            try:
                sock.recv(2000)
                print('answered')
            except OSError as error:
                print(errno.errorcode.get(error.errno, 'TIMEOUT'))
            """;

    private static final int SMALL = 1300;
    private static final int CLOSED = 8081;
    private static final List<LabPrograms> PROGRAMS = new ArrayList<>();

    private static Lab lab;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("routed", PodAttachment.ROUTED, "r1", "r2")
                .node("bridged", PodAttachment.BRIDGED, "b1")
                .create();
        for (LabNode node : lab.nodes()) {
            LabPrograms programs = LabPrograms.load(node)
                    .attachPods(node)
                    .attachDevice(node, "eth0", node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
            for (IpFamily family : IpFamily.values()) {
                programs.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
                narrow(node, outside(family), "eth0", family);
                for (LabPod pod : node.pods()) {
                    narrow(node, pod.ip(family), node.name().equals("routed") ? pod.hostInterface() : "cni0", family);
                }
            }
            PROGRAMS.add(programs);
        }
        lab.pods().forEach(pod -> pod.sockets().serve(8080));
    }

    private static void narrow(LabNode node, IpAddress to, String device, IpFamily family) {
        String prefix = to + "/" + family.bits();
        node.exec("ip", "route", "replace", prefix, "dev", device, "mtu", String.valueOf(SMALL))
                .orThrow();
    }

    @AfterAll
    static void remove() {
        PROGRAMS.forEach(LabPrograms::close);
        lab.close();
    }

    @BeforeEach
    void clear() {
        PROGRAMS.forEach(programs -> programs.tables.clear());
        List<LabHost> hosts = new ArrayList<>(lab.pods());
        hosts.add(lab.outside());
        for (LabHost host : hosts) {
            host.exec("ip", "route", "flush", "cache").orThrow();
            host.exec("ip", "-6", "route", "flush", "cache").orThrow();
        }
    }

    private static IpAddress outside(IpFamily family) {
        return IpAddress.of(family == IpFamily.IPV4 ? "172.30.0.254" : "fd30::fe");
    }

    private static String vip(IpFamily family) {
        return family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
    }

    private static void service(Protocol protocol, FrontendType type, IpFamily family, LabPod backend, int port) {
        for (LabPrograms programs : PROGRAMS) {
            boolean v4 = family == IpFamily.IPV4;
            String address = type == NODE_PORT ? (v4 ? "0.0.0.0" : "::") : vip(family);
            FrontendKey key = new FrontendKey(IpAddress.of(address), type == NODE_PORT ? 30080 : 80, protocol);
            programs.tables.service(key, type, Set.of(), List.of(), List.of("[" + backend.ip(family) + "]:" + port));
        }
    }

    /// Both ends send far more than fits into small packets, in large ones that may not be fragmented.
    private static void assertTransferFits(LabHost client, String address, int port) {
        try (TcpConnection connection = client.sockets().openTcp(Dial.to(address, port))) {
            String text = "0123456789abcdef".repeat(20_000);
            assertThat(connection.exchange(text).answer().echo()).isEqualTo(text);
        }
        assertLearned(client, address);
    }

    private static void assertLearned(LabHost host, String address) {
        assertThat(host.exec("ip", "route", "get", address).orThrow())
                .as("what %s knows of the path to %s", host.name(), address)
                .contains("mtu " + SMALL);
    }

    @ParameterizedTest
    @EnumSource
    void A12_05_pathMtuIsDiscoveredThroughANodePort(IpFamily family) {
        for (String name : List.of("r1", "b1")) {
            LabPod backend = lab.pod(name);
            clear();
            service(Protocol.TCP, NODE_PORT, family, backend, 8080);
            String node = lab.node("routed").ip(family).toString();

            assertTransferFits(lab.outside(), node, 30080);

            assertLearned(backend, node);
        }
    }

    @ParameterizedTest
    @EnumSource
    void A12_05_pathMtuIsDiscoveredThroughAClusterIp(IpFamily family) {
        for (String way : List.of("r1 r2", "r1 b1", "b1 r1")) {
            LabPod client = lab.pod(way.split(" ")[0]);
            LabPod backend = lab.pod(way.split(" ")[1]);
            clear();
            service(Protocol.TCP, CLUSTER_IP, family, backend, 8080);

            assertTransferFits(client, vip(family), 80);
        }
    }

    @ParameterizedTest
    @EnumSource
    void A12_05_aClosedPortIsToldToTheSender(IpFamily family) {
        for (String name : List.of("r1", "b1")) {
            PROGRAMS.forEach(programs -> programs.tables.clear());
            service(Protocol.UDP, NODE_PORT, family, lab.pod(name), CLOSED);
            service(Protocol.UDP, CLUSTER_IP, family, lab.pod(name), CLOSED);

            assertRefused(lab.outside(), lab.node("routed").ip(family).toString(), 30080);
            assertRefused(lab.pod("r2"), vip(family), 80);
            assertRefused(lab.pod(name), vip(family), 80);
            assertRefused(lab.node("routed"), vip(family), 80);
        }
    }

    private static void assertRefused(LabHost client, String address, int port) {
        Outcome outcome = client.sockets().connectedUdp(Dial.to(address, port));
        assertThat(outcome.failure().errno()).as(client.name()).isEqualTo("ECONNREFUSED");
        assertThat(outcome.failure().took()).isLessThan(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource
    void A12_05_routersOnTheWayToABackendTellOfTheService(IpFamily family) {
        LabPod client = lab.pod("r1");
        service(Protocol.UDP, CLUSTER_IP, family, lab.pod("b1"), 8080);
        for (int hops : new int[] {1, 2}) {
            byte[] frame = client.sockets()
                    .raw(probe(client.ip(family), family, hops), 1, Duration.ofSeconds(5))
                    .getFirst();

            assertThatPacket(frame)
                    .hasDestination(client.ip(family).toString())
                    .isIcmp(family == IpFamily.IPV4 ? 11 : 3, 0)
                    .checksumsAreRight();
            PacketView quoted = PacketView.of(frame).embedded();
            assertThat(quoted.source()).isEqualTo(client.ip(family));
            assertThat(quoted.sourcePort()).isEqualTo(40000 + hops);
            assertThat(quoted.destination()).hasToString(vip(family));
            assertThat(quoted.destinationPort()).isEqualTo(80);
        }
    }

    @ParameterizedTest
    @EnumSource
    void A5_14_anEchoToAClusterIpIsRefused(IpFamily family) {
        boolean v4 = family == IpFamily.IPV4;
        AddressRange range = AddressRange.of(
                ServiceTables.prefix(v4 ? "10.96.0.0/16" : "fd00:96::/108"), Set.of(Meaning.CLUSTER_IPS));
        for (LabPrograms programs : PROGRAMS) {
            programs.tables.put(Tables.CONTROL, 0, Control.EMPTY.withRanges(List.of(range)));
            programs.tables.put(Tables.CLUSTER_ADDRESSES, new AddressKey(IpAddress.of(vip(family))), AddressKey.REFUSE);
        }
        List<LabHost> clients = new ArrayList<>(lab.pods());
        clients.add(lab.node("routed"));
        for (LabHost client : clients) {
            assertThat(client.exec("python3", "-c", PING, v4 ? "4" : "6", vip(family))
                            .orThrow())
                    .as(client.name())
                    .startsWith("ECONNREFUSED");
        }
        for (LabPrograms programs : PROGRAMS) {
            programs.tables.put(Tables.CONTROL, 0, Control.EMPTY);
        }
    }

    private static byte[] probe(IpAddress from, IpFamily family, int hops) {
        PacketBuilder ip = family == IpFamily.IPV4
                ? PacketBuilder.bare().ipv4(from.toString(), vip(family), header -> header.ttl(hops))
                : PacketBuilder.bare().ipv6(from.toString(), vip(family), header -> header.hopLimit(hops));
        return ip.udp(40000 + hops, 80).payload("probe").toBytes();
    }
}
