// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;

import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/// What a burst of changes has touched so far.
final class TouchedFiles {

    private final Set<Path> paths = new HashSet<>();
    private final Set<Path> written = new HashSet<>();
    private boolean lost;

    /// @param kind of inotify: created, deleted or modified
    void add(Path path, WatchEvent.Kind<?> kind) {
        paths.add(path);
        if (!kind.equals(ENTRY_CREATE)) {
            written.add(path);
        }
    }

    /// There were more events than the kernel keeps.
    void lose() {
        lost = true;
    }

    boolean any() {
        return lost || !paths.isEmpty();
    }

    /// Whether nobody is writing: each of them was renamed into the place of another, which is how a file can appear
    /// where there was one before, and nothing happened to it since.
    ///
    /// @param isAnother whether the file that is under a path now is not the one that was read there
    boolean areWhole(Predicate<Path> isAnother) {
        return !lost && written.isEmpty() && paths.stream().allMatch(isAnother);
    }

    DirectoryWatch.Burst burst() {
        return new DirectoryWatch.Burst(Set.copyOf(paths), lost);
    }
}
