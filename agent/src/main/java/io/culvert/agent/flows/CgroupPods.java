// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The uid of the pod to which a cgroup belongs. The tree is read when a cgroup is asked for that was not there the
/// last time, and at most once a second.
final class CgroupPods {

    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    /// `pod<uid>` of the cgroupfs driver; the systemd driver writes underscores, because a dash separates levels.
    private static final Pattern POD = Pattern.compile("(?:kubepods(?:-\\w+)?-)?pod([0-9a-zA-Z_-]+?)(?:\\.slice)?");

    private final Path root;
    private final ReentrantLock reading = new ReentrantLock();
    private final RecentlyGone<Long, String> gone = new RecentlyGone<>();
    private volatile Map<Long, String> uids = Map.of();
    private long nextReading = System.nanoTime();

    /// @param root of the hierarchy
    CgroupPods(Path root) {
        this.root = root;
    }

    /// @param cgroup its id, which is the inode number of its directory
    Optional<String> uid(long cgroup) {
        String known = uids.get(cgroup);
        return known != null
                ? Optional.of(known)
                : gone.find(cgroup).or(() -> Optional.ofNullable(readAgain().get(cgroup)));
    }

    private Map<Long, String> readAgain() {
        reading.lock();
        try {
            long now = System.nanoTime();
            if (now - nextReading >= 0) {
                nextReading = now + PAUSE;
                Map<Long, String> next = read();
                uids.forEach((cgroup, uid) -> {
                    if (!next.containsKey(cgroup)) {
                        gone.put(cgroup, uid);
                    }
                });
                uids = next;
            }
            return uids;
        } finally {
            reading.unlock();
        }
    }

    private Map<Long, String> read() {
        Map<Long, String> found = new HashMap<>();
        try {
            Path _ = Files.walkFileTree(root, new Cgroups(found));
        } catch (IOException e) {
            // A tree that changes while it is walked: what was found counts.
            return found;
        }
        return found;
    }

    /// The uid in the name of a pod's cgroup.
    static Optional<String> uidIn(String directory) {
        Matcher matcher = POD.matcher(directory);
        return matcher.matches() ? Optional.of(matcher.group(1).replace('_', '-')) : Optional.empty();
    }

    private static final class Cgroups extends SimpleFileVisitor<Path> {

        private final Map<Long, String> found;
        private @Nullable Path pod;
        private String uid = "";

        Cgroups(Map<Long, String> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (pod == null) {
                uidIn(String.valueOf(directory.getFileName())).ifPresent(name -> {
                    pod = directory;
                    uid = name;
                });
            }
            if (pod != null) {
                found.put((Long) Files.getAttribute(directory, "unix:ino"), uid);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
            pod = directory.equals(pod) ? null : pod;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
        }
    }
}
