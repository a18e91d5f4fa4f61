// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Objects that are odd, too large, or gone: pod web goes on to let pod client in, and nobody else.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class PolicyBadInputLabTest {

    private static final String LONGEST_NAME = "n".repeat(253);

    /// Both sides of `policy_cidrs` together have room for 131,072 blocks, as it is at first.
    private static final int TOO_MANY_BLOCKS = 66_000;

    private Lab lab;
    private LabNode node;
    private AgentProcess agent;

    @BeforeEach
    void create() throws IOException {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "other", "web")
                .create();
        node = lab.node("n1");
        lab.pod("web").sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest("policy.yaml", ingress("web", "{matchLabels: {app: client}}"));
        Files.createDirectories(node.bpffs());
        run("mount", "-t", "bpf", "bpf", node.bpffs().toString());
        agent = AgentProcess.start(node);
        awaitReach(true, false);
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private void run(String... command) {
        String _ = node.exec(command).orThrow();
    }

    private static String ingress(String name, String from) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: %s, namespace: default}
                spec:
                  podSelector: {matchLabels: {app: web}}
                  policyTypes: [Ingress]
                  ingress: [{from: [{podSelector: %s}]}]
                """.formatted(name, from);
    }

    /// A pod in the default namespace that calls itself client.
    private static String client(String name, String spec, String status) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, uid: %s, labels: {app: client}, creationTimestamp: "2030-01-01T00:00:00Z"}
                spec: {nodeName: n1%s}
                status: {%s}
                """.formatted(name, name, spec, status);
    }

    private void awaitReach(boolean client, boolean other) {
        await().atMost(AgentProcess.PATIENCE).untilAsserted(() -> {
            for (IpFamily family : IpFamily.values()) {
                assertThat(connects("client", family)).as("client " + family).isEqualTo(client);
                assertThat(connects("other", family)).as("other " + family).isEqualTo(other);
            }
        });
    }

    private boolean connects(String pod, IpFamily family) {
        Dial dial = Dial.to(lab.pod("web").ip(family), 8080).within(Duration.ofMillis(500));
        return lab.pod(pod).sockets().tcp(dial) instanceof Outcome.Answer;
    }

    private String addresses(String pod) {
        return "podIPs: [{ip: \"%s\"}, {ip: \"%s\"}]"
                .formatted(lab.pod(pod).ip(IpFamily.IPV4), lab.pod(pod).ip(IpFamily.IPV6));
    }

    @Test
    void aPolicyThatIsLargerThanItsMapIsTheOnlyThingThatIsMissing() {
        run("mount", "-o", "remount,bind,ro", node.bpffs().toString());

        lab.writeManifest("large.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: large, namespace: default}
                spec:
                  podSelector: {matchLabels: {app: web}}
                  ingress:
                  - from: [%s]
                """.formatted(IntStream.range(0, TOO_MANY_BLOCKS)
                .map(i -> 2 * i)
                .mapToObj(i -> "{ipBlock: {cidr: 100.%d.%d.%d/31}}".formatted(64 + (i >> 16), i >> 8 & 255, i & 255))
                .collect(Collectors.joining(", "))));
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status").orThrow())
                        .containsPattern("(?i)polic.*policy_cidrs.*Read-only file system \\(EROFS\\)"));
        awaitReach(true, false);
        assertThat(agent.verb("policy", "list").orThrow()).containsPattern("large .*error: .*policy_cidrs");
        assertThat(agent.process().log()).doesNotContain("\tat ");

        run("mount", "-o", "remount,bind,rw", node.bpffs().toString());
        lab.writeManifest("more.yaml", ingress("more", "{matchLabels: {app: other}}"));
        awaitReach(true, true);
        assertThat(agent.verb("status").orThrow()).containsPattern("Problems: +none");
    }

    @Test
    void podsWithoutAnAddressOfTheirOwnAreNobody() {
        lab.writeManifest(
                "odd.yaml",
                String.join(
                        "---\n",
                        client("completed", "", "phase: Succeeded, " + addresses("other")),
                        client("nowhere", "", "phase: Pending"),
                        client(
                                "host",
                                ", hostNetwork: true",
                                "phase: Running, podIPs: [{ip: \"" + node.ip(IpFamily.IPV4) + "\"}]")));
        lab.writeManifest("second.yaml", ingress("second", "{matchLabels: {app: nobody}}"));
        awaitListed("second");
        awaitReach(true, false);

        // The younger of two that run has the addresses.
        lab.writeManifest("odd.yaml", client("younger", "", "phase: Running, " + addresses("other")));
        awaitReach(true, true);
        lab.writeManifest("odd.yaml", "# none\n");
        awaitReach(true, false);
    }

    /// A policy that selects such pods isolates nobody else who has, or had, their addresses.
    @Test
    void podsWithoutAnAddressOfTheirOwnAreNotIsolated() {
        node.sockets().serve(9090);
        String closed =
                ingress("closed", "{}").replace("app: web", "app: odd").replace("[Ingress]", "[Ingress, Egress]");
        String completed = client("completed", "", "phase: Failed, " + addresses("web"));
        String nowhere = client("nowhere", "", "phase: Pending");
        String host = client(
                "host", ", hostNetwork: true", "phase: Running, podIPs: [{ip: \"" + node.ip(IpFamily.IPV4) + "\"}]");
        lab.writeManifest("closed.yaml", closed);
        lab.writeManifest("odd.yaml", odd(completed, nowhere, host));
        lab.writeManifest("second.yaml", ingress("second", "{matchLabels: {app: nobody}}"));
        awaitListed("second");
        awaitReach(true, false);
        assertThat(reachesNode("client")).isTrue();
        assertThat(reachesNode("other")).isTrue();

        // The pod that had none gets the addresses of an older one, and gives them back.
        lab.writeManifest(
                "odd.yaml", odd(completed, client("nowhere", "", "phase: Running, " + addresses("client")), host));
        awaitReach(false, false);
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(() -> assertThat(reachesNode("client")).isFalse());
        assertThat(reachesNode("other")).isTrue();
        lab.writeManifest("odd.yaml", odd(completed, nowhere, host));
        awaitReach(true, false);
        assertThat(reachesNode("client")).isTrue();
    }

    private static String odd(String... pods) {
        return String.join("---\n", pods).replace("app: client", "app: odd");
    }

    private boolean reachesNode(String pod) {
        Dial dial = Dial.to(node.ip(IpFamily.IPV4), 9090).within(Duration.ofMillis(500));
        return lab.pod(pod).sockets().tcp(dial) instanceof Outcome.Answer;
    }

    @Test
    void namesAndSelectorsAndPrioritiesAtTheirLimits() {
        String values = IntStream.range(0, 5_000).mapToObj(i -> "v" + i).collect(Collectors.joining(", "));
        String tier = """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: %s}
                spec:
                  tier: Admin
                  priority: 5
                  subject: {namespaces: {}}
                  ingress: [{action: %s, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: other}}}}]}]
                """;
        lab.writeManifest(
                "policy.yaml",
                String.join(
                        "---\n",
                        ingress(
                                LONGEST_NAME,
                                "{matchExpressions: [{key: app, operator: In, values: [client, %s]}]}"
                                        .formatted(values)),
                        tier.formatted("a-deny", "Deny"),
                        tier.formatted("b-accept", "Accept")));
        awaitListed("b-accept");

        awaitReach(true, false);
        assertThat(agent.verb("policy", "explain", "client", "web", "8080").orThrow())
                .contains("NetworkPolicy default/" + LONGEST_NAME + " ingress[0]", "datapath: agrees");
        assertThat(agent.verb("policy", "explain", "other", "web", "8080").orThrow())
                .contains("ClusterNetworkPolicy a-deny", "datapath: agrees");
        assertThat(agent.verb("policy", "get", "b-accept").errors()).contains("give them different priorities");
    }

    @Test
    void aPodWhoseInterfaceVanishedDoesNotKeepOthersFromTheirPolicies() {
        run("ip", "link", "del", lab.pod("other").hostInterface());

        lab.writeManifest("policy.yaml", ingress("web", "{matchLabels: {app: other}}"));
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(
                        () -> assertThat(connects("client", IpFamily.IPV4)).isFalse());
        lab.writeManifest("policy.yaml", ingress("web", "{}"));
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(
                        () -> assertThat(connects("client", IpFamily.IPV4)).isTrue());
        assertThat(agent.verb("policy", "list").orThrow()).containsPattern("web .*enforced on 1 pods");
        assertThat(agent.verb("policy", "explain", "other", "web", "8080").orThrow())
                .contains("8080/TCP: allowed", "datapath: agrees");
        assertThat(agent.verb("status").orThrow()).containsPattern("Problems: +none");
    }

    private void awaitListed(String policy) {
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(() ->
                        assertThat(agent.verb("policy", "list").orThrow()).containsPattern(policy + " .*enforced on"));
    }
}
