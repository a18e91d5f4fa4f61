// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Capture;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.ReachTarget;
import io.culvert.testkit.lab.TcpConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Policies of pods whose packets reach the other node within other packets. Pods of n1 are routed, those of n2 on a
/// bridge, and the wire between the nodes carries nothing with the address of a pod.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class PolicyOverlayLabTest {

    private static final int PORT = 8080;
    private static final int NODE_PORT = 30093;
    private static final List<String> SERVERS = List.of("web1", "web2", "other1", "other2");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofMillis(250);
    private static final LabService WEB2 =
            LabService.named("web2", "10.96.0.2", "fd96::2").port(80, PORT);
    private static final String CLIENTS =
            "{podSelector: {matchExpressions: [{key: app, operator: In, values: [client1, client2]}]}}";
    private static final String WEBS = CLIENTS.replace("client", "web");
    private static final String NODES = "{ipBlock: {cidr: 172.30.0.0/24}}, {ipBlock: {cidr: \"fd30::/64\"}}";

    private static Lab lab;
    private static LabClient visitor;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client1", "other1", "web1")
                .node("n2", PodAttachment.BRIDGED, "client2", "other2", "web2")
                .create();
        try {
            visitor = lab.addClient("visitor");
            SERVERS.forEach(name -> lab.pod(name).sockets().serve(PORT));
            lab.writeManifest("objects.yaml", LabObjects.all(lab));
            lab.writeManifest(
                    "web2.yaml",
                    WEB2.backedBy(lab.pod("web2"))
                            .exposed(LabExposure.nodePort(NODE_PORT))
                            .toYaml());
            Overlay.require(lab);
            for (Overlay overlay : Overlay.values()) {
                overlay.make(lab);
            }
            LabAgent.launchOnAll(lab);
            awaitReach("client1: web1 other1", "client2: web2 other2");
        } catch (RuntimeException | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    private static void policy(String subjects, String type, String rule) {
        lab.writeManifest("policy.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: guard, namespace: default}
                spec: {%s, policyTypes: [%s], %s}
                """.formatted(subjects.substring(1, subjects.length() - 1), type, rule));
    }

    private static void letIn(String peers) {
        policy(WEBS, "Ingress", "ingress: [{from: [" + peers + "]}]");
    }

    private static void letOut(String peers) {
        policy(CLIENTS, "Egress", "egress: [{to: [" + peers + "]}]");
    }

    /// Waits until each client reaches exactly these servers, by TCP and UDP and in both families.
    ///
    /// @param lines as `client1: web1 web2`
    private static void awaitReach(String... lines) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(AtOnce.with(List.of(lines), PolicyOverlayLabTest::differences))
                        .allSatisfy(differences -> assertThat(differences).isEmpty()));
    }

    private static List<String> differences(String line) {
        String client = line.substring(0, line.indexOf(':'));
        List<String> wanted =
                List.of(line.substring(line.indexOf(':') + 1).strip().split(" "));
        List<String> names = new ArrayList<>();
        List<ReachTarget> targets = new ArrayList<>();
        for (String server : SERVERS) {
            for (IpFamily family : IpFamily.values()) {
                for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                    names.add(server);
                    targets.add(new ReachTarget(protocol, lab.pod(server).ip(family), PORT));
                }
            }
        }
        List<Optional<String>> answers = host(client).sockets().reach(targets, QUIET);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (answers.get(i).isPresent() != wanted.contains(names.get(i))) {
                differences.add(client + " -> " + names.get(i) + " " + targets.get(i) + ": " + answers.get(i));
            }
        }
        return differences;
    }

    private static LabHost host(String name) {
        return name.startsWith("n") ? lab.node(name) : lab.pod(name);
    }

    private static Outcome dial(LabHost client, IpAddress address, int port) {
        return client.sockets().tcp(Dial.to(address, port).within(QUIET));
    }

    @ParameterizedTest
    @EnumSource
    void C2_15_whatComesInIsJudgedByThePacketWithin(Overlay overlay) {
        overlay.use(lab);
        letIn(CLIENTS);
        awaitReach(
                "client1: web1 web2 other1 other2",
                "client2: web1 web2 other1 other2",
                "other1: other1 other2",
                "other2: other1 other2",
                "n1: web1 other1 other2",
                "n2: web2 other1 other2");
        for (IpFamily family : IpFamily.values()) {
            assertThat(seenBy("web2", "client1", family))
                    .isEqualTo(lab.pod("client1").ip(family));
            assertThat(seenBy("web1", "client2", family))
                    .isEqualTo(lab.pod("client2").ip(family));
        }

        letIn(NODES);
        awaitReach(
                "client1: other1 other2", "client2: other1 other2", "n1: web1 other1 other2", "n2: web2 other1 other2");

        letIn(overlay.blocks());
        awaitReach(
                "client1: other1 other2",
                "client2: other1 other2",
                "n1: web1 web2 other1 other2",
                "n2: web1 web2 other1 other2");
    }

    private static IpAddress seenBy(String server, String client, IpFamily family) {
        return lab.pod(client)
                .sockets()
                .tcp(lab.pod(server).ip(family), PORT)
                .answer()
                .seen()
                .address();
    }

    @ParameterizedTest
    @EnumSource
    void C2_15_whatGoesOutIsJudgedByThePacketWithin(Overlay overlay) {
        overlay.use(lab);
        letOut(WEBS);
        awaitReach(
                "client1: web1 web2",
                "client2: web1 web2",
                "other1: web1 web2 other1 other2",
                "other2: web1 web2 other1 other2");

        letOut(NODES + ", " + overlay.blocks());
        awaitReach("client1:", "client2:", "other1: web1 web2 other1 other2");
    }

    /// What is sent is far larger than a device of an overlay takes, so the path MTU is discovered on the way.
    @ParameterizedTest
    @EnumSource
    void C2_15_aServiceBeyondTheOverlayIsReachedByWhoeverMay(Overlay overlay) {
        overlay.use(lab);
        letIn(CLIENTS);
        awaitReach("client1: web1 web2 other1 other2", "other1: other1 other2");
        String text = "0123456789abcdef".repeat(20_000);
        for (IpAddress address : WEB2.clusterIps()) {
            for (LabHost client : bothWays("client1")) {
                try (TcpConnection connection = client.sockets().openTcp(Dial.to(address, 80))) {
                    Answer answer = connection.exchange(text).answer();
                    assertThat(answer.server()).isEqualTo("web2");
                    assertThat(answer.seen().address())
                            .isEqualTo(lab.pod("client1").ip(address.family()));
                    assertThat(answer.echo()).isEqualTo(text);
                }
            }
            for (LabHost other : bothWays("other1")) {
                assertThat(dial(other, address, 80).failure().errno()).isEqualTo("TIMEOUT");
            }
        }
    }

    /// A pod whose sockets are translated, and the same one packet by packet.
    private static List<LabHost> bothWays(String pod) {
        return List.of(lab.pod(pod), lab.pod(pod).outsideOfCgroup());
    }

    /// The node that was dialled is the client then, with the address that it has in the overlay.
    @ParameterizedTest
    @EnumSource
    void C2_15_C2_06_aNodePortWhoseBackendIsBeyondTheOverlay(IpFamily family) {
        Overlay.VXLAN.use(lab);
        LabNode dialled = lab.node("n1");
        letIn(Overlay.VXLAN.blocks());
        await().atMost(PATIENCE).until(() -> dial(visitor, dialled.ip(family), NODE_PORT) instanceof Answer);
        assertThat(visitor.sockets()
                        .tcp(dialled.ip(family), NODE_PORT)
                        .answer()
                        .seen()
                        .address())
                .isEqualTo(Overlay.VXLAN.ip(dialled, family));

        letIn(NODES);
        await().atMost(PATIENCE)
                .until(() -> dial(visitor, dialled.ip(family), NODE_PORT) instanceof Outcome.Failure failure
                        && failure.errno().equals("TIMEOUT"));
    }

    /// What stands in for WireGuard does encrypt.
    @ParameterizedTest
    @EnumSource
    void whoLooksAtTheWireReadsOnlyWhatIsNotEncrypted(Overlay overlay) {
        overlay.use(lab);
        letIn(CLIENTS);
        awaitReach("client1: web1 web2 other1 other2", "other1: other1 other2");
        String text = "can this be read?";
        try (Capture wire = lab.node("n2").sockets().capture();
                TcpConnection connection = lab.pod("client1")
                        .sockets()
                        .openTcp(Dial.to(lab.pod("web2").ip(IpFamily.IPV4), PORT))) {
            assertThat(connection.exchange(text).answer().echo()).isEqualTo(text);
            List<byte[]> frames = wire.frames();
            assertThat(frames).isNotEmpty();
            assertThat(frames)
                    .extracting(frame -> new String(frame, StandardCharsets.ISO_8859_1))
                    .as("frames that can be read")
                    .satisfies(texts -> assertThat(texts.stream().anyMatch(frame -> frame.contains(text)))
                            .isEqualTo(overlay == Overlay.VXLAN));
        }
    }
}
