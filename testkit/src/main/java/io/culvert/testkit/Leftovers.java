// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a test would remove at its end, if Ctrl-C did not end it first: mounts, pins, cgroups and network namespaces.
/// All of them have the number of this process in their names, as in `culvert-maps-4711-3`. Labs remove themselves.
final class Leftovers {

    private static final Pattern OWN =
            Pattern.compile("culvert-(?!lab-)[a-z-]+-" + ProcessHandle.current().pid() + "(-.*)?");
    private static final List<Path> TREES = List.of(
            Path.of("/sys/fs/bpf"), Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/unified"), Path.of("/run"));
    private static final Path MOUNTS = Path.of("/proc/self/mounts");
    private static final Path NAMESPACES = Path.of("/run/netns");

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::remove, "remove what tests left"));
    }

    private Leftovers() {}

    /// Has this process remove them when it ends.
    static void removeAtExit() {}

    private static void remove() {
        // A tree is removed behind what is mounted on it.
        ownMounts().forEach(mount -> run("umount", mount.toString()));
        TREES.forEach(place -> own(place).forEach(Leftovers::removeTree));
        own(NAMESPACES).forEach(Leftovers::removeNamespace);
    }

    /// What tests of this process have made in a directory.
    static List<Path> own(Path place) {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(place)) {
            return entries.filter(
                            entry -> OWN.matcher(entry.getFileName().toString()).matches())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Files of a cgroup cannot be deleted, and go with its directory.
    static void removeTree(Path tree) {
        try (Stream<Path> entries = Files.walk(tree)) {
            entries.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            // The test that made it may be removing it at this moment.
            System.err.println("remove " + tree + ": " + e);
        }
    }

    private static List<Path> ownMounts() {
        try (Stream<String> lines = Files.lines(MOUNTS)) {
            return lines.map(line -> Path.of(line.split(" ")[1]))
                    .filter(mount -> mount.getFileName() != null
                            && OWN.matcher(mount.getFileName().toString()).matches())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeNamespace(Path namespace) {
        run("ip", "netns", "del", namespace.getFileName().toString());
    }

    private static void run(String... command) {
        try {
            int _ = new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
