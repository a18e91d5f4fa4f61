// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.lab.UdpSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Connections of clients outside, through a node, to a backend of another one: past the stack of the node that was
/// dialled, which masquerades what pods send as CNIs do. What its forward hook counts is what the stack saw.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
class ForwardPathLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");
    private static final int NODE_PORT = 30080;
    private static final String LONG = "0123456789abcdef".repeat(200_000);

    private Lab lab;
    private LabClient client;
    private LabNode dialled;
    private LabAgent agent;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED)
                .node("n2", PodAttachment.ROUTED, "server")
                .create();
        client = lab.addClient("client");
        dialled = lab.node("n1");
        lab.pod("server").sockets().serve(ServiceLab.TARGET_PORT);
        lab.nodes().forEach(node -> lab.writeManifest(node.name() + ".yaml", LabObjects.node(node)));
        lab.writeManifest("server.yaml", LabObjects.pod(lab.pod("server"), Map.of()));
        lab.writeManifest(
                "web.yaml",
                ServiceLab.service("web", 10)
                        .exposed(LabExposure.nodePort(NODE_PORT))
                        .backedBy(lab.pod("server"))
                        .toYaml());
        nft("add table inet seen");
        nft("add chain inet seen forward { type filter hook forward priority 0; }");
        count();
        nft("add table inet cni");
        nft("add chain inet cni postrouting { type nat hook postrouting priority 100; }");
        nft("add rule inet cni postrouting ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade");
        nft("add rule inet cni postrouting ip6 saddr fd44::/32 ip6 daddr != fd44::/32 masquerade");
        agent = new LabAgent(dialled).launch("--fast-path", "auto").awaitReady();
        awaitStatus("Fast path:       on");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private void nft(String command) {
        dialled.exec(("nft " + command).split(" ")).orThrow();
    }

    private void count() {
        nft("add rule inet seen forward meta l4proto { tcp, udp } counter");
    }

    private long seenByTheStack() {
        String text = dialled.exec("nft", "list", "table", "inet", "seen").orThrow();
        Matcher packets = PACKETS.matcher(text);
        assertThat(packets.find()).as(text).isTrue();
        return Long.parseLong(packets.group(1));
    }

    private void awaitStatus(String text) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).contains(text));
    }

    private TcpConnection open(IpFamily family) {
        return client.sockets().openTcp(Dial.to(dialled.ip(family), NODE_PORT));
    }

    private static void exchange(TcpConnection connection, String text) {
        assertThat(connection.exchange(text).answer().echo()).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void theyGoPastTheStackBothWaysAndAreMasqueraded(IpFamily family) {
        long before = seenByTheStack();

        try (TcpConnection connection = open(family)) {
            Answer answer = connection.exchange(LONG).answer();
            assertThat(answer.echo()).isEqualTo(LONG);
            assertThat(answer.seen().address()).isEqualTo(dialled.ip(family));
        }
        try (UdpSocket socket = client.sockets().connectUdp(Dial.to(dialled.ip(family), NODE_PORT))) {
            for (String text : List.of("short", LONG.substring(0, 8_000))) {
                Answer answer = socket.send(text).answer();
                assertThat(answer.echo()).isEqualTo(text);
                assertThat(answer.seen().address()).isEqualTo(dialled.ip(family));
            }
        }

        assertThat(seenByTheStack() - before).as("packets in the forward hook").isZero();
    }

    /// A packet in the middle of a connection is something new to the kernel's conntrack, which would give the answers
    /// of the pod another source.
    @ParameterizedTest
    @EnumSource
    void theyStayOnTheWayOnWhichTheyBegan(IpFamily family) {
        try (TcpConnection past = open(family)) {
            exchange(past, "begun past the stack");
            nft("add rule inet seen forward tcp dport 9999 drop");
            awaitStatus("off: table inet seen: rule `tcp dport 9999 drop` of chain forward");
            long before = seenByTheStack();
            exchange(past, LONG);
            assertThat(seenByTheStack()).isEqualTo(before);

            try (TcpConnection through = open(family)) {
                exchange(through, "begun in the stack");
                assertThat(seenByTheStack()).isGreaterThan(before);
                nft("flush chain inet seen forward");
                count();
                awaitStatus("Fast path:       on");
                exchange(through, LONG);
                assertThat(seenByTheStack()).isPositive();
            }
            exchange(past, "to its end");
        }
    }

    /// What the node answers for itself still comes from its stack.
    @ParameterizedTest
    @EnumSource
    void theNodeThatWasDialledAnswersWhatMayLiveNoLonger(IpFamily family) {
        String script = """
                import select, socket
                four = %s
                family, level = (socket.AF_INET, socket.IPPROTO_IP) if four else (socket.AF_INET6, socket.IPPROTO_IPV6)
                s = socket.socket(family, socket.SOCK_DGRAM)
                s.setsockopt(level, socket.IP_TTL if four else socket.IPV6_UNICAST_HOPS, 2)
                s.setsockopt(level, 11 if four else 25, 1) # IP_RECVERR, IPV6_RECVERR
                s.sendto(b'x', ('%s', %d))
                select.select([s], [], [], 5)
                _, control, _, _ = s.recvmsg(9, 256, socket.MSG_ERRQUEUE)
                offender = control[0][2][16:]
                print(socket.inet_ntop(family, offender[4:8] if four else offender[8:24]))
                """.formatted(family == IpFamily.IPV4 ? "True" : "False", dialled.ip(family), NODE_PORT);
        assertThat(client.exec("python3", "-c", script).orThrow().trim())
                .isEqualTo(dialled.ip(family).toString());
    }
}
