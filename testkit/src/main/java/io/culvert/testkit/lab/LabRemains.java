// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What labs leave in the kernel and on disk, found by name: nothing else is ever touched.
final class LabRemains {

    private static final Path NETNS = Path.of("/run/netns");

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private LabRemains() {}

    /// Removes the labs whose creators are no longer there.
    static void removeOfDeadProcesses() {
        all().keySet().stream().filter(name -> !name.ownerIsAlive()).forEach(LabRemains::removeWithOthers);
    }

    /// Several processes may find the same remains: whoever comes second waits for the first.
    private static void removeWithOthers(LabName lab) {
        try {
            remove(lab);
        } catch (LabException | UncheckedIOException e) {
            Waiting.until(PATIENCE, () -> of(lab).isEmpty(), () -> "remove " + lab + ": " + e.getMessage());
        }
    }

    /// Everything of all labs, of this process and of others.
    static Map<LabName, List<Path>> all() {
        Map<LabName, List<Path>> remains = new HashMap<>();
        for (Path parent : parents()) {
            for (Path path : children(parent)) {
                LabName.parse(path.getFileName().toString())
                        .ifPresent(lab -> remains.computeIfAbsent(lab, _ -> new ArrayList<>())
                                .add(path));
            }
        }
        return remains;
    }

    /// Removes one lab: its processes first, because they hold the rest. What cannot be removed does not keep the rest.
    ///
    /// @throws RuntimeException the first failure, which has the others as suppressed ones
    static void remove(LabName lab) {
        Path pins = MountPoints.bpffs().resolve(lab.toString());
        List<Runnable> removals = new ArrayList<>();
        removals.add(() -> Cgroups.killAndRemove(MountPoints.cgroup2().resolve(lab.toString())));
        removals.add(() -> MountPoints.unmountBelow(pins));
        removals.add(() -> deleteTree(pins));
        removals.add(() -> new Script().deleteNamespaces(netnsOf(lab)).run());
        removals.add(() -> deleteTree(directory(lab)));
        Optional<RuntimeException> failure = Optional.empty();
        for (Runnable removal : removals) {
            try {
                removal.run();
            } catch (RuntimeException e) {
                failure.ifPresent(first -> first.addSuppressed(e));
                failure = failure.or(() -> Optional.of(e));
            }
        }
        failure.ifPresent(first -> {
            throw first;
        });
    }

    /// Everything of one lab that is still there, as paths.
    static List<Path> of(LabName lab) {
        return all().getOrDefault(lab, List.of());
    }

    static Path directory(LabName lab) {
        return temporary().resolve(lab.toString());
    }

    private static List<String> netnsOf(LabName lab) {
        return of(lab).stream()
                .filter(path -> path.startsWith(NETNS))
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private static List<Path> parents() {
        return List.of(NETNS, MountPoints.cgroup2(), MountPoints.bpffs(), temporary());
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var paths = Files.list(directory)) {
            return paths.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            throw new LabException("remove " + root + ": something else removes it at the same time", e);
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + root, e);
        }
    }
}
