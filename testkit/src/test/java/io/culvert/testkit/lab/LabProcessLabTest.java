// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Processes, cgroups and files of lab hosts.
@LabTest
class LabProcessLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static Lab lab;
    private static LabNode node;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.BRIDGED, "web")
                .families(IpFamily.IPV4)
                .mtu(1400)
                .create();
        node = lab.node("n1");
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    @Test
    void aCommandRunsInTheNamespaceAndTheCgroupOfItsHost() {
        LabPod pod = lab.pod("web");
        assertThat(pod.cgroup().toString()).contains("/kubepods/besteffort/pod" + pod.uid() + "/");
        assertThat(pod.exec("cat", "/proc/self/cgroup").orThrow())
                .contains("/n1/kubepods/besteffort/pod" + pod.uid() + "/main");
        assertThat(node.exec("cat", "/proc/self/cgroup").orThrow()).contains("/n1/system");
        assertThat(pod.exec("ip", "-4", "addr", "show", "eth0").orThrow())
                .contains("mtu 1400")
                .contains(pod.ip(IpFamily.IPV4) + "/24");
        assertThat(pod.exec("ip", "-6", "addr", "show", "eth0", "scope", "global")
                        .orThrow())
                .isEmpty();
        String foreign = pod.outsideOfCgroup().exec("cat", "/proc/self/cgroup").orThrow();
        assertThat(foreign).contains("/elsewhere").doesNotContain("/n1/");
    }

    @Test
    void theMountsOfTheMachineStayVisible() {
        assertThat(node.exec("test", "-d", node.cgroupRoot().toString()).status())
                .isZero();
        assertThat(node.exec("test", "-d", lab.bpffs().toString()).status()).isZero();
    }

    @Test
    void aFailingCommandShowsWhatItWrote() {
        ExecResult result = node.exec("sh", "-c", "echo out; echo problem >&2; exit 3");
        assertThat(result.status()).isEqualTo(3);
        assertThatThrownBy(result::orThrow).hasMessageContaining("exit status 3\nproblem\nout");
    }

    @Test
    void aProcessIsAwaitedKilledAndStartedAgain() {
        List<String> command = List.of("sh", "-c", "echo ready: 1; exec sleep 1000");
        LabProcess first = node.start("agent", command).awaitLine("^ready: \\d", PATIENCE);
        first.kill();
        assertThat(first.isAlive()).isFalse();
        LabProcess second = node.start("agent", command).awaitLine("ready", PATIENCE);
        assertThat(second.pid()).isNotEqualTo(first.pid());
        assertThat(second.terminate(PATIENCE)).isEqualTo(143);
    }

    @Test
    void aProcessThatEndsBeforeItIsReadyShowsItsLog() {
        LabProcess process = node.start("agent", List.of("sh", "-c", "echo cannot start; exit 1"));
        assertThatThrownBy(() -> process.awaitLine("ready", PATIENCE))
                .hasMessageContaining("n1/agent: ended before a line that matches ready")
                .hasMessageContaining("cannot start");
    }

    @Test
    void aLineIsAwaitedToItsEnd() {
        LabProcess process = node.start("holder", List.of("sh", "-c", "printf 'web1=30 '; exec sleep 1000"));
        process.await("half a line", () -> process.log().equals("web1=30 "), PATIENCE);
        assertThatThrownBy(() -> process.awaitLine("=", Duration.ofMillis(50)))
                .hasMessageContaining("n1/holder: still without a line that matches = after 50 ms");
    }

    @Test
    void manifestsAppearAtOnceAndDisappear() {
        node.writeManifest("a.yaml", "kind: List\n");
        Path manifest = node.manifests().resolve("a.yaml");
        assertThat(manifest).hasContent("kind: List");
        node.deleteManifest("a.yaml");
        assertThat(manifest).doesNotExist();
    }

    @Test
    void podsComeAndGoWhileTheLabRuns() {
        LabPod pod = node.addPod("late");
        pod.sockets().serve(80);
        assertThat(node.sockets().tcp(pod.ip(IpFamily.IPV4), 80).answer().server())
                .isEqualTo("late");
        node.removePod(pod);
        assertThat(Files.exists(pod.cgroup())).isFalse();
        assertThat(node.pods()).extracting(LabPod::name).containsExactly("web");
    }
}
