// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Load;
import io.culvert.testkit.lab.LoadKind;
import io.culvert.testkit.lab.LoadReport;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An agent starts while a manifest is broken: what the file said when it was last good is served.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class BrokenManifestLabTest {

    private static final String WEB = "10.96.0.10";
    private static final String BROKEN = "apiVersion: v1\nkind: Service\nmetadata: {name: web\n";

    private Lab lab;
    private LabNode node;
    private LabPod client;

    @BeforeEach
    void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        node = lab.node("n1");
        client = lab.pod("client");
        lab.pod("server").sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest("web.yaml", service("web", WEB));
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void trafficGoesOnOverARestartWithABrokenManifest() {
        AgentProcess agent = AgentProcess.start(node);
        Dial dial = Dial.to(WEB, 80).within(Duration.ofSeconds(2));
        List<Load> loads = Stream.of(LoadKind.values())
                .map(kind -> client.sockets().load(kind, dial, 2, Duration.ofMillis(20)))
                .toList();

        agent.process().kill();
        lab.writeManifest("web.yaml", BROKEN);
        agent.restart();
        Load.awaitRounds(loads, 50, AgentProcess.PATIENCE);

        assertThat(agent.verb("status").orThrow()).containsPattern("Problems: +error: .*web\\.yaml:\\d+");
        assertThat(loads)
                .map(Load::stop)
                .allSatisfy(report -> assertThat(report).returns(List.of(), LoadReport::errors));
    }

    @Test
    void aNewBrokenManifestKeepsNothingThatWasDeleted() {
        AgentProcess agent = AgentProcess.start(node);
        agent.process().kill();
        lab.writeManifest("api.yaml", service("api", "10.96.0.11"));
        lab.writeManifest("new.yaml", BROKEN);
        lab.deleteManifest("web.yaml");

        agent.restart();

        assertThat(agent.verb("service", "list").orThrow())
                .contains("default/api:tcp-80")
                .doesNotContain("default/web", WEB);
    }

    @Test
    void afterARebootTheBrokenManifestHasItsLastGoodVersion() {
        Path state = node.runDir().resolveSibling("state");
        AgentProcess agent = AgentProcess.start(node, "--state-dir", state.toString());
        agent.process().terminate(AgentProcess.PATIENCE);
        // What a reboot leaves of a node: its disk.
        assertThat(agent.verb("cleanup").status()).isZero();
        assertThat(node.bpffs()).doesNotExist();
        assertThat(node.runDir()).doesNotExist();
        lab.writeManifest("web.yaml", BROKEN);

        agent.restart("--state-dir", state.toString());

        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
        lab.deleteManifest("web.yaml");
        await().atMost(AgentProcess.PATIENCE)
                .until(() -> !agent.verb("service", "list").orThrow().contains("default/web"));
        agent.process().terminate(AgentProcess.PATIENCE);
        assertThat(agent.verb("cleanup", "--state-dir", state.toString()).status())
                .isZero();
        assertThat(state).doesNotExist();
    }

    private String service(String name, String address) {
        return LabService.named(name, address)
                .port(80, 8080)
                .backedBy(lab.pod("server"))
                .toYaml();
    }
}
