// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
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

/// Pods with a sidecar, which takes over connections by the address that a process of the pod asked for.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class SidecarLabTest {

    private static final String WEB = "10.96.0.10";
    private static final int SIDECAR_PORT = 15_001;

    private Lab lab;
    private LabNode node;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "meshed", "insistent", "server")
                .create();
        node = lab.node("n1");
        lab.pod("server").sockets().serve(8080);
        String mark = "sidecar.istio.io/status";
        lab.writeManifest(
                "objects.yaml",
                String.join(
                        "---\n",
                        LabObjects.node(node),
                        LabObjects.pod(lab.pod("server"), Map.of()),
                        LabObjects.pod(lab.pod("meshed"), Map.of(mark, "injected")),
                        LabObjects.pod(lab.pod("insistent"), Map.of(mark, "injected", "culvert.io/socket-lb", "on"))));
        lab.writeManifest(
                "web.yaml",
                LabService.named("web", WEB)
                        .port(80, 8080)
                        .port(81, 8080)
                        .backedBy(lab.pod("server"))
                        .toYaml());
        redirectToSidecar(lab.pod("meshed"));
        redirectToSidecar(lab.pod("insistent"));
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void A21_01_theSidecarOfAPodSeesTheAddressOfTheService() {
        AgentProcess agent = AgentProcess.start(node);
        LabPod meshed = lab.pod("meshed");

        // Its sidecar answers: within the pod the connection goes to the Service.
        assertThat(meshed.sockets().tcp(WEB, 80).answer().server()).isEqualTo("meshed");
        // What the sidecar leaves alone is translated at the pod's interface.
        assertThat(meshed.sockets().tcp(WEB, 81).answer().server()).isEqualTo("server");
        assertThat(agent.verb("conntrack", "list").orThrow()).contains(meshed.ip(IpFamily.IPV4) + ":");
        assertThat(agent.verb("status").orThrow()).containsPattern("Opted-out pods: +1, of them with a sidecar: 1\n");
    }

    @Test
    void A21_01_anAnnotationKeepsSocketTranslation() {
        AgentProcess.start(node);

        assertThat(lab.pod("insistent").sockets().tcp(WEB, 80).answer().server())
                .isEqualTo("server");
    }

    /// As the init container of a mesh does it.
    private static void redirectToSidecar(LabPod pod) {
        pod.sockets().serve(SIDECAR_PORT);
        String _ = pod.exec(
                        "nft",
                        "table ip mesh { chain output { type nat hook output priority -100; ip daddr " + WEB
                                + " tcp dport 80 redirect to :" + SIDECAR_PORT + "; }; }")
                .orThrow();
    }
}
