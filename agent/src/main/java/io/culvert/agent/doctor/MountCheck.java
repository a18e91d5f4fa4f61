// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.nio.file.Path;
import java.util.List;

/// bpffs holds the pins; cgroup2 is where sock_lb attaches.
final class MountCheck implements Check {

    private static final String BPFFS = "/sys/fs/bpf";

    private final Path pins;

    /// @param pins the directory that maps and links are pinned in; it need not exist yet
    MountCheck(Path pins) {
        this.pins = pins;
    }

    @Override
    public List<Finding> examine(Machine machine) {
        MountTable mounts = MountTable.parse(machine.read(MountTable.FILE).orElse(""));
        return List.of(bpffs(mounts), cgroup2(mounts));
    }

    private Finding bpffs(MountTable mounts) {
        boolean there = mounts.containing(pins.toAbsolutePath().normalize())
                .filter(mount -> mount.type().equals("bpf"))
                .isPresent();
        if (there) {
            return Finding.ok("bpffs", "mounted, pins are in " + pins);
        }
        String remedy = pins.startsWith(BPFFS)
                ? "run: mount -t bpf bpf " + BPFFS
                : "mount one there, or choose another directory with --bpffs";
        return Finding.error("bpffs", pins + " is not on a bpf file system", remedy);
    }

    private static Finding cgroup2(MountTable mounts) {
        return mounts.ofType("cgroup2")
                .map(mount -> Finding.ok("cgroup2", "mounted on " + mount.point()))
                .orElseGet(() -> Finding.error(
                        "cgroup2",
                        "not mounted, sock_lb has nothing to attach to",
                        "boot with systemd.unified_cgroup_hierarchy=1, or run: mkdir -p /run/cgroup2 &&"
                                + " mount -t cgroup2 cgroup2 /run/cgroup2"));
    }
}
