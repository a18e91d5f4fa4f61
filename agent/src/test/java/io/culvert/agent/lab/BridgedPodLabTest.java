// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Pods on a bridge, whose interfaces no route and no CNI plugin names: they are held to their policies by the port
/// that they are behind, under whatever address they send.
@LabTest
class BridgedPodLabTest {

    private static final int PORT = 80;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// What is dropped stays silent; all else answers sooner.
    private static final Duration SILENCE = Duration.ofMillis(500);

    private static final String NOTHING_LEAVES = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: deny, namespace: default}
            spec: {podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}
            """;

    @Test
    void C5_06_C5_09_aPortIsKnownByWhoIsBehindIt() {
        try (Lab lab = Lab.builder()
                .node("n1", PodAttachment.BRIDGED, "client", "later", "web")
                .create()) {
            LabPod client = lab.pod("client");
            LabPod later = lab.pod("later");
            lab.pod("web").sockets().serveTcp(PORT);
            lab.writeManifest("node.yaml", LabObjects.node(lab.node("n1")));
            lab.writeManifest("client.yaml", LabObjects.pod(client, Map.of()));
            lab.writeManifest("web.yaml", LabObjects.pod(lab.pod("web"), Map.of()));
            lab.writeManifest("policy.yaml", NOTHING_LEAVES);
            addForeignAddresses(client);
            new LabAgent(lab.node("n1")).launch().awaitReady();

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertSilent(lab, client, foreign(client, IpFamily.IPV4));
                assertSilent(lab, client, foreign(client, IpFamily.IPV6));
            });

            // Another pod under the same addresses, behind another port.
            String object = LabObjects.pod(client, Map.of()).replace(client.uid(), later.uid());
            for (IpFamily family : IpFamily.values()) {
                later.exec("ip", "addr", "flush", "dev", "eth0", "scope", "global", "to", later.ip(family) + "")
                        .orThrow();
                add(later, client.ip(family).toString(), family);
            }
            addForeignAddresses(later);
            lab.node("n1").removePod(client);
            lab.writeManifest("client.yaml", object);

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertSilent(lab, later, foreign(client, IpFamily.IPV4));
                assertSilent(lab, later, foreign(client, IpFamily.IPV6));
            });

            lab.deleteManifest("policy.yaml");

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertAnswered(lab, later, foreign(client, IpFamily.IPV4));
                assertAnswered(lab, later, foreign(client, IpFamily.IPV6));
            });
        }
    }

    /// An address of the node's pods that nobody has.
    private static String foreign(LabPod pod, IpFamily family) {
        String range = pod.node().podRange(family);
        return family == IpFamily.IPV4 ? range.replaceFirst("\\.0/.*", ".200") : range.replaceFirst("::/.*", "::c8");
    }

    private static void addForeignAddresses(LabPod pod) {
        for (IpFamily family : IpFamily.values()) {
            add(pod, foreign(pod, family), family);
        }
    }

    private static void add(LabPod pod, String address, IpFamily family) {
        String length = family == IpFamily.IPV4 ? "/24" : "/64";
        String[] command = family == IpFamily.IPV4
                ? new String[] {"ip", "addr", "add", address + length, "dev", "eth0"}
                : new String[] {"ip", "addr", "add", address + length, "dev", "eth0", "nodad"};
        pod.exec(command).orThrow();
    }

    private static Outcome dial(Lab lab, LabPod from, String source) {
        IpFamily family = source.contains(":") ? IpFamily.IPV6 : IpFamily.IPV4;
        return from.sockets()
                .tcp(Dial.to(lab.pod("web").ip(family), PORT).from(source, 0).within(SILENCE));
    }

    private static void assertSilent(Lab lab, LabPod from, String source) {
        assertThat(dial(lab, from, source)).isNotInstanceOf(Outcome.Answer.class);
    }

    private static void assertAnswered(Lab lab, LabPod from, String source) {
        assertThat(dial(lab, from, source)).isInstanceOf(Outcome.Answer.class);
    }
}
