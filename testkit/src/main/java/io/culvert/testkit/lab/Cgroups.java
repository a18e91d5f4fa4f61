// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

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

    /// Ends every process below `cgroup`, waits until they are gone, and removes the directories.
    static void killAndRemove(Path cgroup) {
        try {
            Files.writeString(cgroup.resolve("cgroup.kill"), "1");
            Waiting.until(PATIENCE, () -> isEmpty(cgroup), () -> cgroup + ": processes are left after cgroup.kill");
            List<Path> deepestFirst;
            try (var paths = Files.walk(cgroup)) {
                deepestFirst = paths.filter(Files::isDirectory)
                        .sorted(Comparator.reverseOrder())
                        .toList();
            }
            for (Path directory : deepestFirst) {
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("remove cgroup " + cgroup, e);
        }
    }

    private static boolean isEmpty(Path cgroup) {
        try {
            return Files.readString(cgroup.resolve("cgroup.events")).contains("populated 0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
