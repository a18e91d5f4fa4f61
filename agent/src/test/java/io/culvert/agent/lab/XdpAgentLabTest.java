// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.loader.BpfObject;
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
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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

    private LabAgent start(String choice) {
        lab.pods().forEach(pod -> pod.sockets().serve(ServiceLab.TARGET_PORT));
        asked.writeManifest("node.yaml", LabObjects.node(asked));
        asked.writeManifest("pod.yaml", LabObjects.pod(lab.pod("here"), Map.of()));
        asked.writeManifest(
                "there.yaml", service("there", 10, ELSEWHERE, lab.pod("there")).toYaml());
        asked.writeManifest(
                "here.yaml", service("here", 11, HERE, lab.pod("here")).toYaml());
        return new LabAgent(asked).launch("--xdp", choice).awaitReady();
    }

    private void servesAll() {
        for (LabHost client : List.of(lab.node("client"), lab.addClient("far"), lab.outside())) {
            for (IpFamily family : IpFamily.values()) {
                answers(client, family, ELSEWHERE, "there");
                answers(client, family, HERE, "here");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nodePortsAreServedToAllWithGenericXdp(Wire wire) {
        Offload.TX_CHECKSUM.set(lab.outside(), asked.wirePort(), wire == Wire.BEGUN);
        LabAgent agent = start("auto");
        assertThat(agent.verb("status")).containsPattern("XDP: +eth0 generic");
        assertThat(agent.doctor()).contains("xdp of eth0", "generic, behind its driver");

        servesAll();
    }

    /// What the driver sends is only taken where the other end of the pair has a program as well: whoever asks for this
    /// on such a device sees to that.
    @ParameterizedTest
    @EnumSource
    void nodePortsAreServedInTheDriverWhereThatIsAskedFor(Wire wire) throws IOException {
        Offload.TX_CHECKSUM.set(lab.outside(), asked.wirePort(), wire == Wire.BEGUN);
        Path pin = asked.bpffs().resolveSibling("theirs");
        try (BpfObject theirs = BpfObject.open("xdp", object("xdp")).load()) {
            theirs.program("xdp_lb").pin(pin);
            lab.outside()
                    .exec("ip", "link", "set", "dev", asked.wirePort(), "xdp", "pinned", pin.toString())
                    .orThrow();
            LabAgent agent = start("native");
            assertThat(agent.verb("status")).containsPattern("XDP: +eth0 native");
            assertThat(agent.doctor()).contains("xdp of eth0", "native, in its driver");

            servesAll();
        } finally {
            Files.deleteIfExists(pin);
        }
    }

    /// A device has room for one program. The remedy that is named makes room, and then it is taken.
    @Test
    void A21_27_aDeviceThatIsTakenIsServedBehindTheStackUntilItIsFree() throws IOException {
        Path pin = asked.bpffs().resolveSibling("theirs");
        try (BpfObject theirs = BpfObject.open("xdp", object("xdp")).load()) {
            theirs.program("xdp_lb").pin(pin);
            ip("link set dev eth0 xdp pinned " + pin);
            LabAgent agent = start("generic");

            String remedy = "ip link set dev eth0 xdp off";
            assertThat(agent.verb("status")).containsPattern("XDP: +eth0 none").contains(remedy);
            assertThat(agent.doctor()).containsPattern("warning +xdp of eth0 .*" + remedy);
            servesAll();

            ip("link set dev eth0 xdp off");
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(agent.verb("status")).containsPattern("XDP: +eth0 generic"));
        } finally {
            Files.deleteIfExists(pin);
        }
    }

    private void ip(String words) {
        asked.exec(("ip " + words).split(" ")).orThrow();
    }

    private static byte[] object(String name) throws IOException {
        try (InputStream resource = XdpAgentLabTest.class.getResourceAsStream("/io/culvert/bpf/" + name + ".o")) {
            return Objects.requireNonNull(resource).readAllBytes();
        }
    }
}
