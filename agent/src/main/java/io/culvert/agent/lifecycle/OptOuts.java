// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.cluster.Pod;
import io.culvert.cluster.SocketLb;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds the cgroups of pods whose sockets are left to the packet path: by annotation `culvert.io/socket-lb: "off"`, or
/// for the sake of a sidecar.
final class OptOuts {

    /// kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid>.slice, below one more for nested nodes.
    private static final int DEPTH = 5;

    private final Path cgroupRoot;

    OptOuts(Path cgroupRoot) {
        this.cgroupRoot = cgroupRoot;
    }

    /// The pods of this node that opted out, by uid.
    static Map<String, SocketLb> wanted(Collection<Pod> pods, String nodeName) {
        return pods.stream()
                .filter(pod -> pod.socketLb() != SocketLb.ON && !pod.uid().isEmpty())
                .filter(pod -> nodeName.equals(pod.nodeName()))
                .collect(Collectors.toMap(Pod::uid, Pod::socketLb, (first, _) -> first));
    }

    /// The cgroups of these pods that exist now, by uid: a cgroup's id is the inode number of its directory.
    Map<String, Long> find(Set<String> uids) {
        Map<String, Long> found = new HashMap<>();
        if (uids.isEmpty()) {
            return found;
        }
        Map<String, String> names = new HashMap<>();
        for (String uid : uids) {
            names.put("pod" + uid, uid);
            // The systemd driver of the kubelet writes underscores, because a dash separates levels of slices.
            names.put("pod" + uid.replace('-', '_') + ".slice", uid);
        }
        try {
            Files.walkFileTree(
                    cgroupRoot, EnumSet.noneOf(java.nio.file.FileVisitOption.class), DEPTH, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                                throws IOException {
                            String name = directory.getFileName().toString();
                            String uid = names.get(name.startsWith("kubepods") ? afterLastDash(name) : name);
                            if (uid == null) {
                                return FileVisitResult.CONTINUE;
                            }
                            found.put(uid, (Long) Files.getAttribute(directory, "unix:ino"));
                            return FileVisitResult.SKIP_SUBTREE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException gone) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            // A tree that changes while it is walked: what was found counts, the rest is looked for again.
            return found;
        }
        return found;
    }

    private static String afterLastDash(String name) {
        return name.substring(name.lastIndexOf('-') + 1);
    }

    /// Ids to write, from what was found.
    static Set<Long> ids(Map<String, Long> found) {
        return new HashSet<>(found.values());
    }
}
