// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Offload;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An agent that is asked for XDP, whose NodePorts everybody around it uses: another node, a machine beyond a router, a
/// pod. Packets of this machine have begun checksums, unless the wire is told to finish them, so that either way is
/// gone: past the stack, and through it.
@LabTest
class XdpAgentLabTest {

    private static final int ELSEWHERE = 30080;
    private static final int HERE = 30081;
    private static final String LONG = "0123456789abcdef".repeat(20_000);

    private final Lab lab = Lab.builder()
            .node("client", PodAttachment.ROUTED)
            .node("asked", PodAttachment.ROUTED, "here")
            .node("behind", PodAttachment.BRIDGED, "there")
            .create();
    private final LabNode asked = lab.node("asked");

    /// Whether packets come to the node with whole checksums.
    enum Wire {
        BEGUN,
        FINISHED
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private static LabService service(String name, int number, int port, LabPod pod) {
        return ServiceLab.service(name, number).backedBy(pod).exposed(LabExposure.nodePort(port));
    }

    private void answers(LabHost client, IpFamily family, int port, String server) {
        IpAddress address = asked.ip(family);
        for (int i = 0; i < 5; i++) {
            assertThat(client.sockets().tcp(address, port).answer().server()).isEqualTo(server);
            assertThat(client.sockets().udp(address, port).answer().server()).isEqualTo(server);
        }
        try (TcpConnection connection = client.sockets().openTcp(Dial.to(address, port))) {
            assertThat(connection.exchange(LONG).answer().echo()).isEqualTo(LONG);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nodePortsAreServedToAllWithGenericXdp(Wire wire) {
        Offload.TX_CHECKSUM.set(lab.outside(), asked.wirePort(), wire == Wire.BEGUN);
        lab.pods().forEach(pod -> pod.sockets().serve(ServiceLab.TARGET_PORT));
        asked.writeManifest("node.yaml", LabObjects.node(asked));
        asked.writeManifest("pod.yaml", LabObjects.pod(lab.pod("here"), Map.of()));
        asked.writeManifest(
                "there.yaml", service("there", 10, ELSEWHERE, lab.pod("there")).toYaml());
        asked.writeManifest(
                "here.yaml", service("here", 11, HERE, lab.pod("here")).toYaml());
        LabAgent agent = new LabAgent(asked).launch("--xdp", "auto").awaitReady();
        assertThat(agent.verb("status")).containsPattern("XDP: +eth0 generic");

        for (LabHost client : List.of(lab.node("client"), lab.addClient("far"), lab.outside())) {
            for (IpFamily family : IpFamily.values()) {
                answers(client, family, ELSEWHERE, "there");
                answers(client, family, HERE, "here");
            }
        }
    }
}
