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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /// As Ctrl-C in the middle of a demo: its processes are started as fast as they are killed.
    @ParameterizedTest
    @CsvSource({"INT,130", "TERM,143"})
    void aJvmThatIsToldToEndWhileItStartsProcessesRemovesItsLab(String signal, int status) throws Exception {
        Process owner = startOwner("busy");
        String pid = Long.toString(owner.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
        assertThat(owner.waitFor()).isEqualTo(status);
        assertThat(leftBy(owner.pid())).isEmpty();
    }

    @Test
    void nothingCanBeAddedToAClosedLab() {
        Lab lab = create();
        LabNode node = lab.node("n1");
        lab.close();
        assertThatThrownBy(() -> node.exec("true")).hasMessageContaining("is being removed");
        assertThatThrownBy(() -> node.addPod("p2")).hasMessageContaining("is being removed");
        assertThatThrownBy(() -> lab.addClient("c1")).hasMessageContaining("is being removed");
        assertThat(lab.remains()).isEmpty();
    }

    @Test
    void whatCannotBeRemovedDoesNotKeepTheRest() throws IOException {
        Lab lab = create();
        Path stuck = Path.of("/run/netns", lab.node("n1").netns() + "-stuck");
        Files.createDirectory(stuck);
        try {
            assertThatThrownBy(lab::close).hasMessageContaining(stuck.toString());
            assertThat(lab.remains()).containsExactly(stuck);
        } finally {
            Files.delete(stuck);
        }
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

    /// With the signals that a terminal sends: what runs in the background of a shell may have them ignored.
    private static Process startOwner(String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM", java, "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), LabOwner.class.getName()));
        command.addAll(List.of(arguments));
        Process owner = new ProcessBuilder(command)
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
