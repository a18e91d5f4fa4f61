// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an agent tells of the policies that it enforces, and what the maps tell without it: pod web lets only pod
/// client in.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class PolicyVerbsLabTest {

    private static final String SHOP = "10.96.0.10";
    private static final String POLICY = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: client}}}]
                ports: [{port: 8080, protocol: TCP}]
            """;

    private Lab lab;
    private LabNode node;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "other", "web")
                .create();
        node = lab.node("n1");
        lab.pod("web").sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest(
                "shop.yaml",
                LabService.named("shop", SHOP, "fd00:10:96::10")
                        .port(80, 8080)
                        .backedBy(lab.pod("web"))
                        .toYaml());
        lab.writeManifest("policy.yaml", POLICY);
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void explanationsAgreeWithTheProgramsAndWithTheSockets() {
        AgentProcess agent = AgentProcess.start(node);
        lab.pod("client").sockets().tcp(SHOP, 80).answer();
        lab.pod("other")
                .sockets()
                .tcp(Dial.to(SHOP, 80).within(Duration.ofMillis(500)))
                .failure();

        for (String service : new String[] {"shop", SHOP, "fd00:10:96::10"}) {
            assertThat(agent.verb("policy", "explain", "client", service, "80").orThrow())
                    .contains(" 8080/TCP: allowed", "NetworkPolicy default/web ingress[0]", "    datapath: agrees\n")
                    .doesNotContain("refused");
            assertThat(agent.verb("policy", "explain", "other", service, "80").orThrow())
                    .contains(" 8080/TCP: refused", "isolated by NetworkPolicy default/web", "    datapath: agrees\n");
        }
        assertThat(agent.verb("policy", "explain", "192.0.2.1", "web", "icmp").orThrow())
                .contains("protocol 1: refused", "    datapath: agrees\n");
        assertThat(agent.verb("policy", "list").orThrow()).contains("enforced on 1 pods");
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(() -> assertThat(
                                agent.verb("policy", "get", "default/web").orThrow())
                        .containsPattern("ingress\\[0\\] .* [1-9][0-9]* +[1-9][0-9]*\n"));
    }

    @Test
    void aRuleThatDeniesSaysHowOftenAndOneThatPassesOnDoesNot() {
        lab.writeManifest("tiers.yaml", """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: no-other}
                spec:
                  tier: Admin
                  priority: 1
                  subject: {pods: {podSelector: {matchLabels: {app: web}}}}
                  ingress:
                  - {action: Pass, from: [{pods: {podSelector: {matchLabels: {app: client}}}}]}
                  - {action: Deny, from: [{namespaces: {}}]}
                """);
        AgentProcess agent = AgentProcess.start(node);
        String web = lab.pod("web").ip(IpFamily.IPV6).toString();
        lab.pod("client").sockets().tcp(web, 8080).answer();
        lab.pod("other")
                .sockets()
                .tcp(Dial.to(web, 8080).within(Duration.ofMillis(500)))
                .failure();

        assertThat(agent.verb("policy", "get", "no-other").orThrow())
                .containsPattern("ingress\\[0\\] .* - +-\n")
                .containsPattern("ingress\\[1\\] .* [1-9][0-9]* +[1-9][0-9]*\n");
    }

    @Test
    void theMapsTellWhatTheyHoldWithoutAnAgent() {
        AgentProcess agent = AgentProcess.start(node);
        String web = lab.pod("web").ip(IpFamily.IPV4).toString();
        assertThat(agent.verb("endpoint", "list").orThrow())
                .containsPattern("default/web +isolated +open +enforce +[0-9]+ +" + web + "\n");
        String identities = agent.verb("identity", "list").orThrow();
        assertThat(identities).contains("app=client").contains("app=web");
        String known = agent.verb("ipcache", "get", web).orThrow();
        assertThat(known).contains("default/web");

        agent.process().terminate(Duration.ofSeconds(20));

        ExecResult endpoints = agent.verb("endpoint", "list");
        assertThat(endpoints.orThrow()).contains("isolated").contains(web).doesNotContain("default/");
        assertThat(endpoints.errors()).contains("no agent at", "without names");
        assertThat(agent.verb("identity", "list").orThrow().lines().count())
                .isEqualTo(identities.lines().filter(line -> !line.isBlank()).count());
        String number = known.lines().skip(1).findFirst().orElseThrow().split(" +")[1];
        assertThat(agent.verb("ipcache", "get", web).orThrow()).containsPattern(web + " +" + number + " +-\n");
        assertThat(agent.verb("policy", "list").status()).isEqualTo(3);
        assertThat(agent.verb("policy", "list").errors()).startsWith("culvert: ask for policies: no agent at ");
    }
}
