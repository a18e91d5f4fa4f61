// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// Directories of the cgroup2 file system (Documentation/admin-guide/cgroup-v2.rst).
final class Cgroups {

    /// A killed Java takes seconds to go away on a machine that is busy with another lab.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Cgroups() {}

    static Path create(Path cgroup) {
        try {
            return Files.createDirectories(cgroup);
        } catch (IOException e) {
            throw new UncheckedIOException("create cgroup " + cgroup, e);
        }
    }

    /// Ends every process below `cgroup` and removes the directories. A process that was just started may join after
    /// the others were killed, so both are done again until nothing is left.
    static void killAndRemove(Path cgroup) {
        AtomicReference<String> reason = new AtomicReference<>("");
        Waiting.until(PATIENCE, () -> isRemoved(cgroup, reason), () -> "remove cgroup " + cgroup + ": " + reason);
    }

    /// Tries once.
    ///
    /// @param reason why it could not be done yet
    private static boolean isRemoved(Path cgroup, AtomicReference<String> reason) {
        try {
            Files.writeString(cgroup.resolve("cgroup.kill"), "1");
            for (Path directory : deepestFirst(cgroup)) {
                Files.delete(directory);
            }
            return true;
        } catch (NoSuchFileException | UncheckedIOException e) {
            // Something else removes it, too.
            reason.set(String.valueOf(e.getMessage()));
            return !Files.exists(cgroup);
        } catch (IOException e) {
            // Usually EBUSY: a process is still ending, or has just joined.
            reason.set(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private static List<Path> deepestFirst(Path cgroup) throws IOException {
        try (var paths = Files.walk(cgroup)) {
            return paths.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }
}
