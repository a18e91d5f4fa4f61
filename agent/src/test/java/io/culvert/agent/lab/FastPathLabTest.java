// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Packets between pods of a node go past the stack, and none of what users have is lost by it. Whether the stack saw
/// them is what a counter in the forward hook says; it counts frames of the bridge too.
@LabTest
class FastPathLabTest {

    private static final String[] AUTO = {"--fast-path", "auto"};

    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");
    private static final LabService WEB = ServiceLab.service("web", 10);
    private static final String LONG = "0123456789abcdef".repeat(200_000);

    private Lab lab = Lab.builder().node("unused", PodAttachment.ROUTED).create();

    private LabNode node() {
        return lab.node("n1");
    }

    /// @param options of the agent
    private LabAgent start(PodAttachment attachment, String... options) {
        lab.close();
        lab = Lab.builder().node("n1", attachment, "client", "plain", "server").create();
        lab.pod("server").sockets().serve(ServiceLab.TARGET_PORT);
        lab.writeManifest("node.yaml", LabObjects.node(node()));
        lab.writeManifest("client.yaml", LabObjects.pod(lab.pod("client"), Map.of()));
        lab.writeManifest("plain.yaml", LabObjects.pod(lab.pod("plain"), Map.of("culvert.io/socket-lb", "off")));
        lab.writeManifest("server.yaml", LabObjects.pod(lab.pod("server"), Map.of()));
        lab.writeManifest("web.yaml", WEB.backedBy(lab.pod("server")).toYaml());
        for (String family : List.of("inet", "bridge")) {
            nft("add table " + family + " seen");
            nft("add chain " + family + " seen forward { type filter hook forward priority 0; }");
            nft("add rule " + family + " seen forward meta l4proto { tcp, udp } counter");
        }
        return new LabAgent(node()).launch(options).awaitReady();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private void nft(String command) {
        List<String> words = new ArrayList<>(List.of("nft"));
        words.addAll(List.of(command.split(" ")));
        node().exec(words.toArray(String[]::new)).orThrow();
    }

    /// Packets of pods that the stack or the bridge forwarded.
    private long forwarded() {
        return List.of("inet", "bridge").stream()
                .map(family ->
                        node().exec("nft", "list", "table", family, "seen").orThrow())
                .mapToLong(text -> {
                    Matcher packets = PACKETS.matcher(text);
                    assertThat(packets.find()).as(text).isTrue();
                    return Long.parseLong(packets.group(1));
                })
                .sum();
    }

    private void awaitStatus(LabAgent agent, String text) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).contains(text));
    }

    /// Also has both ends known: of pods on a bridge that takes until the bridge has seen them.
    private void awaitOn(LabAgent agent) {
        awaitStatus(agent, "on, 6 addresses of pods");
    }

    private void exchange(LabPod client, IpFamily family) {
        String vip = WEB.clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow()
                .toString();
        for (String address : List.of(vip, lab.pod("server").ip(family).toString())) {
            int port = address.equals(vip) ? ServiceLab.PORT : ServiceLab.TARGET_PORT;
            assertThat(client.sockets().udp(address, port).answer().seen().address())
                    .isEqualTo(client.ip(family));
            try (TcpConnection connection = client.sockets().openTcp(Dial.to(address, port))) {
                assertThat(connection.exchange(LONG).answer().echo()).isEqualTo(LONG);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void packetsBetweenPodsGoPastTheStack(PodAttachment attachment) {
        LabAgent agent = start(attachment, AUTO);
        awaitOn(agent);
        long before = forwarded();

        for (IpFamily family : IpFamily.values()) {
            exchange(lab.pod("client"), family);
            exchange(lab.pod("plain"), family);
        }

        assertThat(forwarded() - before).as("packets in the forward hook").isZero();
        assertThat(lab.pod("client")
                        .sockets()
                        .tcp(lab.pod("server").ip(IpFamily.IPV4), 9)
                        .failure()
                        .errno())
                .isEqualTo("ECONNREFUSED");
    }

    /// The server's policy is asked on the way to it, and what it allows is known after the first packet of a
    /// connection.
    @ParameterizedTest
    @EnumSource
    void policiesHoldForPacketsThatGoPastTheStack(PodAttachment attachment) {
        LabAgent agent = start(attachment, AUTO);
        awaitOn(agent);
        new EnforcedPolicies(lab, List.of(agent)).enforce("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: the-port, namespace: default}
                spec:
                  podSelector: {}
                  ingress: [{ports: [{protocol: TCP, port: %d}]}]
                """.formatted(ServiceLab.TARGET_PORT));
        LabPod server = lab.pod("server");
        long before = forwarded();
        String resets = resets(server);

        for (IpFamily family : IpFamily.values()) {
            Dial dial = Dial.to(server.ip(family).toString(), ServiceLab.TARGET_PORT);
            for (LabPod client : List.of(lab.pod("client"), lab.pod("plain"))) {
                try (TcpConnection connection = client.sockets().openTcp(dial)) {
                    assertThat(connection.exchange(LONG).answer().echo()).isEqualTo(LONG);
                }
            }
            assertThat(lab.pod("client")
                            .sockets()
                            .tcp(server.ip(family), 9)
                            .failure()
                            .errno())
                    .isIn("ETIMEDOUT", "TIMEOUT");
        }

        assertThat(forwarded() - before).as("packets in the forward hook").isZero();
        assertThat(resets(server)).as("what a port that nobody serves answers").isEqualTo(resets);
    }

    /// How many a pod has sent.
    private static String resets(LabPod pod) {
        return pod.exec("awk", "/^Tcp:/ {print $15}", "/proc/net/snmp").orThrow();
    }

    @ParameterizedTest
    @EnumSource
    void theStackSeesThemWhereThatIsAskedFor(PodAttachment attachment) {
        LabAgent agent = start(attachment, "--fast-path", "off");
        assertThat(agent.verb("status")).containsPattern("Fast path: +off");

        exchange(lab.pod("plain"), IpFamily.IPV4);
        exchange(lab.pod("client"), IpFamily.IPV6);

        assertThat(forwarded()).isGreaterThan(20);
    }

    /// H-02, A20-07: a rule of others is heeded a moment after it was made, and connections go on either way.
    @ParameterizedTest
    @EnumSource
    void A20_07_A21_26_rulesOfOthersTurnItOffAndCostNoConnection(PodAttachment attachment) {
        LabAgent agent = start(attachment, AUTO);
        awaitOn(agent);
        try (TcpConnection four = lab.pod("client")
                        .sockets()
                        .openTcp(Dial.to(lab.pod("server").ip(IpFamily.IPV4).toString(), ServiceLab.TARGET_PORT));
                TcpConnection six = lab.pod("plain").sockets().openTcp(Dial.to("fd96::a", ServiceLab.PORT))) {
            assertThat(four.exchange("fast").answer().echo()).isEqualTo("fast");
            assertThat(six.exchange("fast").answer().echo()).isEqualTo("fast");

            nft("add rule inet seen forward tcp dport 9999 drop");
            awaitStatus(agent, "off: table inet seen: rule `tcp dport 9999 drop` of chain forward");
            long before = forwarded();
            assertThat(four.exchange("slow").answer().echo()).isEqualTo("slow");
            assertThat(six.exchange("slow").answer().echo()).isEqualTo("slow");
            assertThat(forwarded() - before).as("packets in the forward hook").isPositive();

            nft("flush chain inet seen forward");
            nft("add rule inet seen forward meta l4proto { tcp, udp } counter");
            awaitOn(agent);
            before = forwarded();
            assertThat(four.exchange("fast").answer().echo()).isEqualTo("fast");
            assertThat(six.exchange("fast").answer().echo()).isEqualTo("fast");
            assertThat(forwarded() - before).as("packets in the forward hook").isZero();
        }
    }

    /// Whoever asks for it in any case is told what it goes round, for as long as that is there.
    @Test
    void A20_07_whereItIsAskedForInAnyCaseRulesOfOthersAreGoneRoundAndNamed() {
        LabAgent agent = start(PodAttachment.ROUTED, "--fast-path", "on");
        awaitOn(agent);
        String passedBy = "chain forward does not see packets between pods of this node";
        assertThat(agent.verb("status")).doesNotContain(passedBy);

        nft("add rule inet seen forward tcp dport " + ServiceLab.TARGET_PORT + " drop");
        awaitStatus(agent, "table inet seen: rule `tcp dport " + ServiceLab.TARGET_PORT + " drop` of " + passedBy);
        assertThat(agent.verb("status")).contains("on, 6 addresses of pods").contains("set fast-path to auto or off");
        long before = forwarded();
        exchange(lab.pod("client"), IpFamily.IPV4);
        exchange(lab.pod("plain"), IpFamily.IPV6);
        assertThat(forwarded() - before).as("packets in the forward hook").isZero();

        nft("flush chain inet seen forward");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).doesNotContain(passedBy));
    }

    /// The maps lead to an interface that is gone: packets go by the routes that are there.
    @Test
    void anAddressThatMovesWhileNoAgentRunsIsReached() {
        LabAgent agent = start(PodAttachment.ROUTED, AUTO);
        awaitOn(agent);
        agent.kill();
        LabPod server = lab.pod("server");
        String name = server.hostInterface();
        node().exec("ip", "link", "del", name).orThrow();
        node().exec("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", server.netns())
                .orThrow();
        node().exec("ip", "link", "set", name, "up").orThrow();
        server.exec("ip", "link", "set", "eth0", "up").orThrow();
        String address = server.ip(IpFamily.IPV4) + "/32";
        node().exec("ip", "route", "add", address, "dev", name).orThrow();
        server.exec("ip", "addr", "add", address, "dev", "eth0").orThrow();
        server.exec("ip", "route", "add", "default", "dev", "eth0").orThrow();
        node().exec(
                        "sysctl",
                        "-w",
                        "net.ipv4.conf." + name + ".proxy_arp=1",
                        "net.ipv4.neigh." + name + ".proxy_delay=0")
                .orThrow();

        assertThat(lab.pod("client")
                        .sockets()
                        .tcp(server.ip(IpFamily.IPV4), ServiceLab.TARGET_PORT)
                        .answer()
                        .server())
                .isEqualTo("server");
    }
}
