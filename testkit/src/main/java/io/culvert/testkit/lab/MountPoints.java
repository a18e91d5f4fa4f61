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

    /// Unmounts what a test mounted below a directory.
    static void unmountBelow(Path directory) {
        List<Path> mounts;
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            mounts = lines.map(line -> Path.of(line.split(" ")[4]))
                    .filter(mount -> mount.startsWith(directory))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mounts.reversed().forEach(MountPoints::unmount);
    }

    private static void unmount(Path mount) {
        try {
            Process process = new ProcessBuilder("umount", "--lazy", mount.toString())
                    .inheritIO()
                    .start();
            int _ = process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("unmount " + mount, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
