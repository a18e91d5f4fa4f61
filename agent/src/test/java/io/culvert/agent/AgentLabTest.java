// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real agent on a node of a lab, from its start to its end.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class AgentLabTest {

    private static final String WEB = "10.96.0.10";

    private Lab lab;
    private LabNode node;
    private LabPod client;
    private LabPod server;

    @BeforeEach
    void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        node = lab.node("n1");
        client = lab.pod("client");
        server = lab.pod("server");
        server.sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest("web.yaml", web());
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private String web() {
        return LabService.named("web", WEB, "fd00:10:96::10")
                .port(80, 8080)
                .backedBy(server)
                .toYaml();
    }

    @Test
    void aClusterIpLeadsToItsPodFromPodsAndFromTheNode() {
        AgentProcess.start(node);

        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
        assertThat(client.sockets().tcp("fd00:10:96::10", 80).answer().server()).isEqualTo("server");
        assertThat(client.sockets().udp(WEB, 80).answer().server()).isEqualTo("server");
        assertThat(node.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
    }

    @Test
    void onlyPacketsAreTranslatedWithoutSocketTranslation() {
        AgentProcess agent = AgentProcess.start(node, "--socket-lb", "false");

        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
        assertThat(agent.verb("conntrack", "list").orThrow()).contains("default/web:tcp-80");
        String pod = "default/" + server.name();
        assertThat(agent.verb("conntrack", "list", "--pod", pod).orThrow()).contains("default/web:tcp-80");
        assertThat(agent.verb("conntrack", "list", "--pod", "10.9.9.9").orThrow())
                .doesNotContain("default/web");
        assertThat(agent.verb("conntrack", "flush", "--service", "webb").errors())
                .isEqualTo("culvert: find Service default/webb: there is none; culvert service list shows those that"
                        + " are served\n");
        assertThat(agent.verb("conntrack", "flush", "--pod", pod, "--backend", "10.9.9.9:80")
                        .orThrow())
                .isEqualTo("forgot 0 connections\n");
        assertThat(agent.verb("conntrack", "flush", "--service", "default/web").orThrow())
                .startsWith("forgot ");
        assertThat(agent.verb("conntrack", "list").orThrow()).doesNotContain("default/web");
    }

    @Test
    void aPodThatOptedOutIsTranslatedAtItsInterface() {
        lab.writeManifest(
                "objects.yaml",
                LabObjects.node(node) + "---\n" + LabObjects.pod(server, Map.of()) + "---\n"
                        + LabObjects.pod(client, Map.of("culvert.io/socket-lb", "off")));
        AgentProcess agent = AgentProcess.start(node);

        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");

        assertThat(agent.verb("conntrack", "list").orThrow()).contains(client.ip(io.culvert.net.IpFamily.IPV4) + ":");
        assertThat(agent.verb("status").orThrow()).containsPattern("Opted-out pods: +1\n");
    }

    @Test
    void aPodThatComesLaterGetsProgramsAndOneThatGoesTakesThemAlong() {
        AgentProcess agent = AgentProcess.start(node, "--socket-lb", "false");

        LabPod late = node.addPod("late");
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(
                        () -> assertThat(agent.verb("status").orThrow()).containsPattern("Pod interfaces: +3\n"));
        assertThat(late.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");

        node.removePod(late);
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(
                        () -> assertThat(agent.verb("status").orThrow()).containsPattern("Pod interfaces: +2\n"));
    }

    @Test
    void aSecondAgentIsToldWhoIsThere() {
        AgentProcess agent = AgentProcess.start(node);

        ExecResult second = node.exec(AgentProcess.agentCommand(node).toArray(String[]::new));

        assertThat(second.status()).isEqualTo(1);
        assertThat(second.errors())
                .isEqualTo("culvert: lock run directory " + node.runDir() + ": process "
                        + agent.process().pid()
                        + " holds it; stop that agent first, or choose another --run-dir and --bpffs\n");
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
    }

    @Test
    void afterSigtermTheDatapathServesAndTheCommandLineReadsThePins() {
        AgentProcess agent = AgentProcess.start(node);

        assertThat(agent.process().terminate(AgentProcess.PATIENCE)).isZero();

        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
        ExecResult list = agent.verb("service", "list");
        assertThat(list.orThrow()).contains(WEB + ":80/TCP").contains(":8080/TCP (active)");
        assertThat(list.errors())
                .isEqualTo("culvert: no agent at " + node.runDir() + "/agent.sock; this is what the maps pinned in "
                        + node.bpffs() + " hold, without names\n");
        assertThat(agent.verb("map", "list").orThrow()).containsPattern("frontends +hash +4 ");

        agent.restart();
        assertThat(agent.verb("service", "list").orThrow()).contains("default/web:tcp-80");
    }

    @Test
    void whatChangedWhileNoAgentRanIsPutRightByTheNext() {
        AgentProcess agent = AgentProcess.start(node);
        agent.process().kill();
        lab.deleteManifest("web.yaml");
        lab.writeManifest("other.yaml", web().replace("web", "other").replace(WEB, "10.96.0.11"));

        agent.restart();

        assertThat(client.sockets().tcp("10.96.0.11", 80).answer().server()).isEqualTo("server");
        assertThat(agent.verb("service", "list").orThrow())
                .contains("default/other:tcp-80")
                .doesNotContain("default/web");
    }

    @Test
    void cleanupRemovesEverythingAndIsRefusedWhileAnAgentRuns() {
        AgentProcess agent = AgentProcess.start(node);

        ExecResult early = agent.verb("cleanup");
        assertThat(early.status()).isEqualTo(1);
        assertThat(early.errors()).contains("process " + agent.process().pid() + " holds it");

        agent.process().terminate(AgentProcess.PATIENCE);
        assertThat(agent.verb("cleanup").orThrow()).isEqualTo("removed the datapath of " + node.bpffs() + "\n");
        assertThat(node.bpffs()).doesNotExist();
        assertThat(agent.verb("status").status()).isEqualTo(3);
    }

    @Test
    void theServiceThatCameSecondLosesAndStatusSaysSo() {
        lab.writeManifest(
                "zweb.yaml",
                web().replace("name: web", "name: zweb").replace("service-name: web", "service-name: zweb"));
        AgentProcess agent = AgentProcess.start(node);

        assertThat(agent.verb("status").orThrow())
                .containsPattern("Problems: +warning: Service default/zweb: .*" + WEB);
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
    }

    @Test
    void aManifestThatIsWrongIsInTheStatusAndTheRestIsServed() {
        lab.writeManifest("bad.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: bad\n");
        AgentProcess agent = AgentProcess.start(node);

        assertThat(agent.verb("status").orThrow()).containsPattern("Problems: +error: .*bad\\.yaml:\\d+");
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
    }
}
