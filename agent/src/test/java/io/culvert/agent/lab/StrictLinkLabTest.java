// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.PodDatagrams.send;
import static io.culvert.agent.lab.PodDatagrams.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.ReachTarget;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Where unknown pods are closed, a pod that comes later: it talks to nobody until the cluster knows it, and from then
/// on to whom its policies let it.
@LabTest
class StrictLinkLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// All of a pair are tried at once, so that silence means that the rest are dropped.
    private static final Duration QUIET = Duration.ofMillis(300);

    private static final int PORT = 80;
    private static final int OTHER_PORT = 81;

    /// Where everybody may send: what arrives there says that all that was sent before has arrived, or never will.
    private static final int MARKER = 9;

    private static final String POLICY = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress, Egress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: client}}}]
                ports: [{port: 80, protocol: TCP}, {port: 80, protocol: UDP}]
              - ports: [{port: 9, protocol: UDP}]
              egress:
              - to: [{podSelector: {matchLabels: {app: client}}}]
                ports: [{port: 80, protocol: TCP}, {port: 80, protocol: UDP}]
              - ports: [{port: 9, protocol: UDP}]
            """;

    @ParameterizedTest
    @EnumSource
    void C5_01_C5_10_C5_13_aPodThatComesIsClosedUntilItIsKnownAndThenHeldToItsPolicies(PodAttachment attachment) {
        try (Lab lab =
                Lab.builder().node("n1", attachment, "client", "stranger").create()) {
            LabNode node = lab.node("n1");
            LabPod client = lab.pod("client");
            LabPod stranger = lab.pod("stranger");
            lab.writeManifest("lab.yaml", LabObjects.all(lab));
            lab.writeManifest("policy.yaml", POLICY);
            lab.pods().forEach(StrictLinkLabTest::serve);
            new LabAgent(node).launch("--pod-start", "strict-link").awaitReady();
            assertOpen(client, stranger, PORT);

            LabPod web = node.addPod("web");
            serve(web);
            // Until the programs are at its interface.
            await().atMost(PATIENCE).untilAsserted(() -> assertClosed(web, client, stranger));
            assertClosed(web, client, stranger);

            Forbidden forbidden = new Forbidden(stranger, web);
            lab.writeManifest("web.yaml", withoutAddress(web));
            assertClosed(web, client, stranger);

            lab.writeManifest("web.yaml", LabObjects.pod(web, Map.of()));
            await().atMost(PATIENCE).untilAsserted(() -> assertOpen(client, web, PORT));
            assertOpen(web, client, PORT);
            assertThat(answers(client, web, OTHER_PORT)).isEmpty();
            assertThat(answers(web, client, OTHER_PORT)).isEmpty();
            assertThat(answers(stranger, web, PORT)).isEmpty();
            assertThat(answers(web, stranger, PORT)).isEmpty();
            forbidden.assertNeverHeard();
        }
    }

    private static void serve(LabPod pod) {
        pod.sockets().serve(PORT);
        pod.sockets().serve(OTHER_PORT);
    }

    /// The object as the scheduler leaves it.
    private static String withoutAddress(LabPod pod) {
        String object = LabObjects.pod(pod, Map.of());
        return object.substring(0, object.indexOf("status:")) + "status: {phase: Pending}\n";
    }

    /// Who answers of TCP and UDP in both families.
    private static List<String> answers(LabPod from, LabPod to, int port) {
        List<ReachTarget> targets = Arrays.stream(IpFamily.values())
                .flatMap(family -> Stream.of(Protocol.TCP, Protocol.UDP)
                        .map(protocol -> new ReachTarget(protocol, to.ip(family), port)))
                .toList();
        return from.sockets().reach(targets, QUIET).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static void assertOpen(LabPod from, LabPod to, int port) {
        assertThat(answers(from, to, port)).hasSize(4).containsOnly(to.name());
    }

    private static void assertClosed(LabPod web, LabPod... others) {
        for (LabPod other : others) {
            assertThat(answers(other, web, PORT)).as("%s to %s", other, web).isEmpty();
            assertThat(answers(web, other, PORT)).as("%s to %s", web, other).isEmpty();
        }
    }

    /// What two pods may never send to each other, without a pause.
    private static final class Forbidden {

        private final LabPod stranger;
        private final LabPod web;
        private final HeardPackets atStranger;
        private final HeardPackets atWeb;
        private final AtomicBoolean done = new AtomicBoolean();
        private final CompletableFuture<Void> sender;

        Forbidden(LabPod stranger, LabPod web) {
            this.stranger = stranger;
            this.web = web;
            atStranger = new HeardPackets(stranger);
            atWeb = new HeardPackets(web);
            sender = CompletableFuture.runAsync(() -> {
                while (!done.get()) {
                    send(stranger, web, PORT, "forbidden");
                    send(web, stranger, PORT, "forbidden");
                }
            });
        }

        void assertNeverHeard() {
            done.set(true);
            sender.join();
            send(stranger, web, MARKER, "marker");
            send(web, stranger, MARKER, "marker");
            for (HeardPackets heard : List.of(atStranger, atWeb)) {
                heard.awaitAll(texts("marker"));
                assertThat(heard.texts()).noneMatch(text -> text.startsWith("forbidden"));
            }
        }
    }
}
