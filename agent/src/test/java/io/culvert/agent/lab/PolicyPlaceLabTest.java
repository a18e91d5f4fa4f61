// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Where a connection is judged: at the interfaces of both pods, each by the agent of its own node, whichever process
/// of a pod made it; not within a pod. Pods of n1 are routed, those of n2 on a bridge.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class PolicyPlaceLabTest {

    private static final int PORT = 8080;

    /// Where sidecars take connections of their own pod, and from other pods.
    private static final int OUTBOUND = 15001;

    private static final int INBOUND = 15008;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMillis(300);
    private static final LabService MESHED =
            LabService.named("meshed", "10.96.0.2", "fd96::2").port(80, INBOUND);

    /// Services whose only backend dials them.
    private static final LabService OWN1 =
            LabService.named("own1", "10.96.0.3", "fd96::3").port(80, PORT);

    private static final LabService OWN2 =
            LabService.named("own2", "10.96.0.4", "fd96::4").port(80, PORT);

    private static Lab lab;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client1", "web1")
                .node("n2", PodAttachment.BRIDGED, "client2", "web2")
                .create();
        try {
            lab.pods().forEach(pod -> pod.sockets().serve(PORT));
            lab.writeManifest("objects.yaml", LabObjects.all(lab));
            lab.writeManifest("meshed.yaml", MESHED.backedBy(lab.pod("web2")).toYaml());
            lab.writeManifest("own1.yaml", OWN1.backedBy(lab.pod("web1")).toYaml());
            lab.writeManifest("own2.yaml", OWN2.backedBy(lab.pod("web2")).toYaml());
            LabAgent.launchOnAll(lab);
        } catch (RuntimeException | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @BeforeEach
    void withoutPolicies() {
        policies("");
        for (IpFamily family : IpFamily.values()) {
            awaitAnswers("client1", "web2", family);
            awaitAnswers("client2", "web1", family);
        }
    }

    private static void policies(String... yaml) {
        lab.nodes().forEach(node -> policies(node, yaml));
    }

    /// Policies that the agent of one node alone knows.
    private static void policies(LabNode node, String... yaml) {
        node.writeManifest("policies.yaml", String.join("---\n", yaml) + "# end\n");
    }

    private static String policy(String name, String app, String spec) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: %s, namespace: default}
                spec: {podSelector: {matchLabels: {app: %s}}, %s}
                """.formatted(name, app, spec);
    }

    /// What a pod may send.
    ///
    /// @param rules as `{to: [...]}`; empty: nothing
    private static String out(String app, String rules) {
        return policy("out-" + app, app, "policyTypes: [Egress], egress: [" + rules + "]");
    }

    /// What a pod may receive.
    private static String in(String app, String rules) {
        return policy("in-" + app, app, "policyTypes: [Ingress], ingress: [" + rules + "]");
    }

    /// A ClusterNetworkPolicy of the admin tier.
    private static String forAllPods(String... directions) {
        return """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: all}
                spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, %s}
                """.formatted(String.join(", ", directions));
    }

    private static String pod(String app) {
        return "[{podSelector: {matchLabels: {app: " + app + "}}}]";
    }

    private static Outcome dial(LabHost client, Object address, int port) {
        return client.sockets().tcp(Dial.to(address.toString(), port).within(SILENCE));
    }

    private static Outcome dial(String client, String server, IpFamily family) {
        return dial(lab.pod(client), lab.pod(server).ip(family), PORT);
    }

    private static void awaitAnswers(String client, String server, IpFamily family) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> dial(client, server, family) instanceof Answer);
    }

    private static void awaitSilence(String client, String server, IpFamily family) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(() -> dial(client, server, family) instanceof Outcome.Failure failure
                        && failure.errno().equals("TIMEOUT"));
    }

    /// By policies that only one node knows; IPv4 from the routed to the bridged pod, IPv6 the other way.
    @ParameterizedTest
    @EnumSource
    void C2_16_eachEndIsJudgedAtItsOwnNodeAndByNobodyElse(IpFamily family) {
        int i = family == IpFamily.IPV4 ? 1 : 2;
        LabNode here = lab.node("n" + i);
        LabNode there = lab.node("n" + (3 - i));
        String client = "client" + i;
        String neighbour = "client" + (3 - i);
        String server = "web" + (3 - i);

        // The other node is not asked about either end. That it knows its policies is what its own pods meet.
        policies(here, in(server, ""), out(neighbour, ""), in("web" + i, ""));
        policies(there, out(client, ""), in("web" + i, ""), out(neighbour, ""));
        awaitSilence(client, "web" + i, family);
        awaitSilence(neighbour, server, family);
        awaitAnswers(client, server, family);

        policies(here, out(client, "{to: " + pod(server) + "}"));
        policies(there, in(server, ""));
        awaitSilence(client, server, family);
        awaitSilence(client, "web" + i, family);

        policies(there, in(server, "{from: " + pod(client) + "}"));
        awaitAnswers(client, server, family);
        assertThat(dial(neighbour, server, family)).isInstanceOf(Outcome.Failure.class);

        policies(here, out(client, ""));
        awaitSilence(client, server, family);
    }

    /// A process of the client dials its sidecar, which dials the Service; there a sidecar takes it, and dials the
    /// server. Of all that, policies see what is between the sidecars.
    @ParameterizedTest
    @EnumSource
    void C4_17_theConnectionsOfASidecarAreThoseOfItsPod(IpFamily family) {
        LabPod client = lab.pod("client1");
        LabPod server = lab.pod("web2");
        String loopback = family == IpFamily.IPV4 ? "127.0.0.1" : "::1";
        var there = LabProgram.RELAY.start(server, "" + INBOUND, loopback, "" + PORT);
        var here = LabProgram.RELAY.start(
                client, "" + OUTBOUND, clusterIp(MESHED, family).toString(), "80");
        try {
            String ports = "ports: [{protocol: TCP, port: %d}]";
            String to = "{to: " + pod("web2") + ", " + ports + "}";
            String from = "{from: " + pod("client1") + ", " + ports + "}";

            policies(out("client1", to.formatted(INBOUND)), in("web2", from.formatted(INBOUND)));
            awaitSilence("client1", "web2", family);
            assertThat(client.sockets().tcp(loopback, OUTBOUND).answer().server())
                    .isEqualTo("web2");

            policies(out("client1", to.formatted(INBOUND)), in("web2", from.formatted(PORT)));
            await().atMost(PATIENCE).until(() -> dial(client, loopback, OUTBOUND) instanceof Outcome.Failure);

            policies(out("client1", to.formatted(PORT)), in("web2", "{from: " + pod("client1") + "}"));
            awaitAnswers("client1", "web2", family);
            assertThat(dial(client, loopback, OUTBOUND)).isInstanceOf(Outcome.Failure.class);

            policies("");
            await().atMost(PATIENCE).until(() -> dial(client, loopback, OUTBOUND) instanceof Answer);
        } finally {
            here.kill();
            there.kill();
        }
    }

    private static IpAddress clusterIp(LabService service, IpFamily family) {
        return service.clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow();
    }

    /// By NetworkPolicies it reaches itself (H-17); ClusterNetworkPolicies are about what goes through a Service.
    @ParameterizedTest
    @EnumSource
    void D2_13_C2_12_aPodThatDialsItsOwnServiceIsHeldToClusterNetworkPolicies(IpFamily family) {
        awaitOwnServices(family, true);
        policies(in("web1", ""), out("web1", ""), in("web2", ""), out("web2", ""));
        awaitSilence("client1", "web2", family);
        awaitSilence("client2", "web1", family);
        assertThat(ownServices(family))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Answer.class));

        for (String direction : List.of("ingress: [{action: Deny, from", "egress: [{action: Deny, to")) {
            policies(forAllPods(direction + ": [{namespaces: {}}]}]"));
            awaitOwnServices(family, false);
        }
        policies("");
        awaitOwnServices(family, true);
    }

    private static void awaitOwnServices(IpFamily family, boolean answered) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(ownServices(family))
                        .allSatisfy(outcome -> assertThat(outcome instanceof Answer)
                                .as("%s", outcome)
                                .isEqualTo(answered)));
    }

    /// By TCP, and by both kinds of sockets of UDP.
    private static List<Outcome> ownServices(IpFamily family) {
        return Stream.of(Map.entry("web1", OWN1), Map.entry("web2", OWN2))
                .flatMap(own -> {
                    String address = clusterIp(own.getValue(), family).toString();
                    Dial dial = Dial.to(address, 80).within(SILENCE);
                    var sockets = lab.pod(own.getKey()).sockets();
                    return Stream.of(sockets.tcp(dial), sockets.udp(dial), sockets.connectedUdp(dial));
                })
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void D2_12_aPodThatNothingLeavesOrEntersReachesItself(IpFamily family) {
        policies(forAllPods(
                "ingress: [{action: Deny, from: [{namespaces: {}}]}]",
                "egress: [{action: Deny, to: [{namespaces: {}}, {networks: [0.0.0.0/0, \"::/0\"]}]}]"));
        awaitSilence("client1", "web1", family);
        awaitSilence("client2", "web2", family);
        awaitSilence("client1", "client2", family);
        for (LabPod pod : lab.pods()) {
            String loopback = family == IpFamily.IPV4 ? "127.0.0.1" : "::1";
            for (String address : List.of(pod.ip(family).toString(), loopback)) {
                for (LabHost process : List.of(pod, pod.outsideOfCgroup())) {
                    Dial dial = Dial.to(address, PORT);
                    for (Outcome outcome : List.of(
                            process.sockets().tcp(dial),
                            process.sockets().udp(dial),
                            process.sockets().connectedUdp(dial))) {
                        assertThat(outcome.answer().server()).isEqualTo(pod.name());
                    }
                }
            }
        }
    }
}
