// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.testkit.LabTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A lab leaves nothing behind: not when it is closed, not when its JVM is told to end, not when its JVM is killed.
@LabTest
class LabRemovalLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void closingRemovesProcessesNamespacesCgroupsAndFiles() throws IOException {
        Lab lab = create();
        LabProcess process = lab.node("n1").start("sleeper", List.of("sleep", "1000"));
        lab.pod("p1").sockets().serve(80);
        Files.createDirectories(lab.node("n1").bpffs());
        assertThat(lab.remains()).hasSize(6);
        lab.close();
        assertThat(lab.remains()).isEmpty();
        assertThat(process.awaitExit(PATIENCE)).isEqualTo(137);
        lab.close();
    }

    @Test
    void aLabThatCannotBeMadeLeavesNothing() {
        LabBuilder impossible = Lab.builder().node("n1", PodAttachment.ROUTED, "same", "same");
        assertThatThrownBy(impossible::create)
                .isInstanceOf(LabException.class)
                .hasMessageContaining("set up namespaces: ");
        try (Lab next = create()) {
            assertThat(next.remains()).hasSize(6);
        }
        assertThat(leftBy(ProcessHandle.current().pid())).isEmpty();
    }

    @Test
    void aTerminatedJvmRemovesItsLab() throws Exception {
        Process owner = startOwner();
        assertThat(leftBy(owner.pid())).isNotEmpty();
        owner.destroy();
        owner.waitFor();
        assertThat(leftBy(owner.pid())).isEmpty();
    }

    @Test
    void theLabOfAKilledJvmIsRemovedWhenTheNextIsMade() throws Exception {
        Process owner = startOwner();
        owner.destroyForcibly();
        owner.waitFor();
        assertThat(leftBy(owner.pid())).isNotEmpty();
        try (Lab mine = create();
                Lab other = create()) {
            assertThat(leftBy(owner.pid())).isEmpty();
            assertThat(mine.remains()).hasSize(6);
            assertThat(other.remains()).hasSize(6);
        }
    }

    @Test
    void aFileSystemThatATestMountedIsUnmounted() throws IOException {
        Lab lab = create();
        Path mount = Files.createDirectories(lab.node("n1").bpffs());
        String _ = lab.node("n1")
                .exec("mount", "-t", "bpf", "bpf", mount.toString())
                .orThrow();

        lab.close();

        assertThat(lab.remains()).isEmpty();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(mount.toString());
    }

    @Test
    void namesOfOthersAreNotLabs() {
        assertThat(LabName.parse("culvert-lab-1-2-3-n1")).contains(new LabName(1, 2, 3));
        assertThat(LabName.parse("culvert-lab")).isEmpty();
        assertThat(LabName.parse("my-culvert-lab-1-2-3")).isEmpty();
        assertThat(LabName.next().ownerIsAlive()).isTrue();
        LabName reusedPid = new LabName(ProcessHandle.current().pid(), 1, 1);
        assertThat(reusedPid.ownerIsAlive()).isFalse();
    }

    /// Namespaces of the outside, the node and the pod; cgroup, bpffs directory, directory of files.
    private static Lab create() {
        return Lab.builder().node("n1", PodAttachment.ROUTED, "p1").create();
    }

    private static Process startOwner() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process owner = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), LabOwner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = owner.inputReader();
        assertThat(output.readLine()).isEqualTo("lab is up");
        return owner;
    }

    private static List<Path> leftBy(long pid) {
        return LabRemains.all().entrySet().stream()
                .filter(remains -> remains.getKey().pid() == pid)
                .flatMap(remains -> remains.getValue().stream())
                .toList();
    }
}
