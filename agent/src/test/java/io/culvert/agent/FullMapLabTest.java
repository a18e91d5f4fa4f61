// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A map of a running agent that is full and cannot grow, because a larger one cannot be pinned: the bpf file system is
/// mounted read-only meanwhile.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class FullMapLabTest {

    private static final String WEB = "10.96.0.10";
    private static final String LARGE = "10.96.0.11";
    private static final int PORTS = 16;

    private Lab lab;
    private LabNode node;
    private LabPod client;

    @BeforeEach
    void create() throws IOException {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        node = lab.node("n1");
        client = lab.pod("client");
        lab.pod("server").sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest("web.yaml", service("web", WEB, 1).toYaml());
        Files.createDirectories(node.bpffs());
        run("mount", "-t", "bpf", "bpf", node.bpffs().toString());
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void A14_12_whatHasNoRoomIsInTheStatusAndTheRestIsServedUntilThereIsRoom() {
        AgentProcess agent = AgentProcess.start(node, "--map-slots", "16");
        run("mount", "-o", "remount,bind,ro", node.bpffs().toString());

        lab.writeManifest("large.yaml", service("large", LARGE, PORTS).toYaml());
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status").orThrow())
                        .containsPattern("error: Service default/large: .*slots.*Read-only file system \\(EROFS\\)"));
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
        assertThat(agent.process().log()).contains("Service default/large: ").doesNotContain("\tat ");

        run("mount", "-o", "remount,bind,rw", node.bpffs().toString());
        await().atMost(AgentProcess.PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status").orThrow()).doesNotContain("default/large"));
        assertThat(client.sockets().tcp(LARGE, 79 + PORTS).answer().server()).isEqualTo("server");
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
    }

    private void run(String... command) {
        String _ = node.exec(command).orThrow();
    }

    private LabService service(String name, String address, int ports) {
        LabService service = LabService.named(name, address).backedBy(lab.pod("server"));
        for (int i = 0; i < ports; i++) {
            service = service.port(80 + i, 8080);
        }
        return service;
    }
}
