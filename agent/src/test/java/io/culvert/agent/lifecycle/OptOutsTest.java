// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.cluster.SocketLb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OptOutsTest {

    private static final String UID = "8d0c4f8e-1b8c-4a51-9a6f-2f5c2f1d7e10";

    @TempDir
    private Path root;

    @Test
    void podDirectoriesOfBothCgroupDriversAreFound() throws IOException {
        Path cgroupfs = Files.createDirectories(root.resolve("kubepods/burstable/pod" + UID));
        Files.createDirectories(cgroupfs.resolve("container"));

        assertThat(new OptOuts(root).find(Set.of(UID))).isEqualTo(Map.of(UID, inode(cgroupfs)));

        String escaped = "00000000-0000-4000-8000-000000000001";
        Path systemd = Files.createDirectories(root.resolve("kubepods.slice/kubepods-besteffort.slice")
                .resolve("kubepods-besteffort-pod" + escaped.replace('-', '_') + ".slice"));

        assertThat(new OptOuts(root).find(Set.of(UID, escaped)))
                .isEqualTo(Map.of(UID, inode(cgroupfs), escaped, inode(systemd)));
    }

    @Test
    void aPodWithoutCgroupAndACgroupOfAnotherPodAreNotFound() throws IOException {
        Files.createDirectories(root.resolve("kubepods/podffff"));

        assertThat(new OptOuts(root).find(Set.of(UID))).isEmpty();
    }

    @Test
    void onlyPodsOfThisNodeThatAskForItOptOut() {
        List<Pod> pods = List.of(
                pod("a", "n1", SocketLb.OFF),
                pod("b", "n1", SocketLb.ON),
                pod("c", "n2", SocketLb.OFF),
                pod("", "n1", SocketLb.OFF),
                pod("d", "n1", SocketLb.OFF_FOR_SIDECAR));

        assertThat(OptOuts.wanted(pods, "n1")).isEqualTo(Map.of("a", SocketLb.OFF, "d", SocketLb.OFF_FOR_SIDECAR));
    }

    private static Pod pod(String uid, String node, SocketLb socketLb) {
        return new Pod(new ObjectName("default", "p" + uid), uid, List.of(), node, false, socketLb);
    }

    private static long inode(Path path) throws IOException {
        return (Long) Files.getAttribute(path, "unix:ino");
    }
}
