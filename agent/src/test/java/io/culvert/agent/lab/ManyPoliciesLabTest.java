// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Load;
import io.culvert.testkit.lab.LoadKind;
import io.culvert.testkit.lab.LoadReport;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// One of 5,000 policies changes, again and again, while pods that it is not about talk to each other.
@LabTest
class ManyPoliciesLabTest {

    private static final int NAMESPACES = 50;
    private static final int POLICIES = 100;
    private static final int PODS = 10;
    private static final int CHANGES = 10;
    private static final int PORT = 80;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration BRIEF = Duration.ofMillis(20);

    /// The policies of a namespace and some of its pods, of which one is of this node, without the one policy of the
    /// test.
    private static String namespace(int number) {
        String pods = IntStream.range(0, PODS)
                .mapToObj(pod -> """
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: p%2$d, namespace: ns%1$d, uid: ns%1$d-p%2$d, labels: {app: a%2$d}}
                        spec: {nodeName: %3$s, containers: [{name: main, image: example.org/main}]}
                        status: {phase: Running, podIPs: [{ip: 10.240.%1$d.%2$d}, {ip: "fd40::%1$d:%2$d"}]}
                        ---
                        """.formatted(number, pod, pod == 0 ? "n1" : "n2"))
                .collect(Collectors.joining());
        return pods
                + IntStream.range(number == 0 ? 1 : 0, POLICIES)
                        .mapToObj(policy ->
                                """
                                apiVersion: networking.k8s.io/v1
                                kind: NetworkPolicy
                                metadata: {name: np%2$d, namespace: ns%1$d}
                                spec:
                                  podSelector: {matchLabels: {app: a%3$d}}
                                  policyTypes: [Ingress, Egress]
                                  ingress:
                                  - from:
                                    - {namespaceSelector: {matchLabels: {tenant: t%4$d}}, podSelector: {matchLabels: {app: a%5$d}}}
                                    - {ipBlock: {cidr: 10.%2$d.%1$d.0/24, except: [10.%2$d.%1$d.8/29]}}
                                    ports: [{protocol: TCP, port: %6$d}]
                                  egress: [{ports: [{protocol: UDP, port: 53}]}]
                                """.formatted(number, policy, policy % PODS, policy % 7, policy % 3, 1000 + policy))
                        .collect(Collectors.joining("---\n"));
    }

    /// @param rules who may come to web
    private static String changing(String rules) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: web, namespace: default}
                spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [%s]}
                """.formatted(rules);
    }

    private static final String HELD = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: held, namespace: default}
            spec:
              podSelector: {matchLabels: {app: held}}
              policyTypes: [Ingress]
              ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]
            """;

    @Test
    void C8_07_oneOfManyPoliciesChangesAndNothingElseIsDropped() {
        try (Lab lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "prober", "free", "held", "web")
                .create()) {
            List.of("free", "held", "web")
                    .forEach(name -> lab.pod(name).sockets().serve(PORT));
            lab.writeManifest("objects.yaml", LabObjects.all(lab));
            for (int i = 0; i < NAMESPACES; i++) {
                lab.writeManifest("ns" + i + ".yaml", namespace(i));
            }
            lab.writeManifest("held.yaml", HELD);
            lab.writeManifest("web.yaml", changing(""));
            LabAgent agent = new LabAgent(lab.node("n1")).launch().awaitReady();
            assertThat(agent.verb("status")).contains(NAMESPACES * POLICIES + 1 + " policies");

            List<Load> loads = new ArrayList<>();
            for (String server : List.of("free", "held")) {
                for (LoadKind kind : List.of(LoadKind.HELD, LoadKind.FRESH, LoadKind.CONNECTED_UDP)) {
                    for (IpFamily family : IpFamily.values()) {
                        Dial dial = Dial.to(lab.pod(server).ip(family), PORT);
                        loads.add(lab.pod("client").sockets().load(kind, dial, 1, Duration.ofMillis(5)));
                    }
                }
            }
            Load.awaitRounds(loads, 10, PATIENCE);
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < CHANGES; i++) {
                boolean opens = i % 2 == 0;
                long began = System.nanoTime();
                lab.writeManifest(
                        "web.yaml", changing(opens ? "{from: [{podSelector: {matchLabels: {app: prober}}}]}" : ""));
                long ended = awaitConnects(lab.pod("prober"), lab.pod("web"), opens, began);
                millis.add((ended - began) / 1_000_000);
                Load.awaitRounds(loads, 10, PATIENCE);
            }

            System.out.println("from one manifest of 5,000 policies to its effect, ms: "
                    + millis.stream().sorted().toList());
            List<LoadReport> reports = loads.stream().map(Load::stop).toList();
            assertThat(reports).allSatisfy(report -> assertThat(report.errors()).isEmpty());
            assertThat(lab.pod("client").exec("cat", "/proc/net/snmp").orThrow())
                    .as("TCP segments that were sent again")
                    .containsPattern("(?m)^Tcp: (\\d+|-1)( (\\d+|-1)){10} 0 ");
        }
    }

    /// When the first attempt was answered, or when the first one began that was not, each in both families.
    private static long awaitConnects(LabPod from, LabPod to, boolean wanted, long began) {
        while (true) {
            long tried = System.nanoTime();
            boolean connects = Stream.of(IpFamily.values())
                    .map(family ->
                            from.sockets().tcp(Dial.to(to.ip(family), PORT).within(BRIEF)))
                    .allMatch(outcome -> outcome instanceof Outcome.Answer == wanted);
            if (connects) {
                return wanted ? System.nanoTime() : tried;
            }
            assertThat(System.nanoTime() - began).isLessThan(PATIENCE.toNanos());
        }
    }
}
