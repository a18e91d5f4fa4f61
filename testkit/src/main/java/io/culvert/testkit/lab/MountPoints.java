// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Where the kernel's file systems are, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
final class MountPoints {

    private MountPoints() {}

    /// The unified cgroup hierarchy: at `/sys/fs/cgroup`, or beside the old ones at `/sys/fs/cgroup/unified`.
    static Path cgroup2() {
        return find("cgroup2")
                .orElseThrow(() -> new LabException("no cgroup2 file system is mounted; "
                        + "mount -t cgroup2 none /sys/fs/cgroup/unified, or boot with a unified hierarchy"));
    }

    static Path bpffs() {
        return find("bpf")
                .orElseThrow(() -> new LabException(
                        "no bpf file system is mounted; mount -t bpf none /sys/fs/bpf, then run again"));
    }

    private static Optional<Path> find(String type) {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.map(line -> List.of(line.split(" ")))
                    .filter(fields -> fields.get(fields.indexOf("-") + 1).equals(type))
                    .filter(fields -> fields.get(3).equals("/"))
                    .filter(fields -> Arrays.asList(fields.get(5).split(",")).contains("rw"))
                    .map(fields -> Path.of(fields.get(4)))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
