// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Waits for changes in directories (inotify), and for a burst of them to end.
final class DirectoryWatch implements AutoCloseable {

    /// An editor or a copy writes in steps; this long without one is taken for its end. A file renamed into place is
    /// whole at once, but is not told apart.
    private static final Duration QUIET = Duration.ofMillis(10);

    /// Somebody who never stops to write is not waited for any longer.
    private static final Duration LONGEST_BURST = Duration.ofMillis(250);

    private final WatchService watcher;
    private final Path root;

    /// @param root the tree to watch; it need not exist, and nothing is covered yet
    DirectoryWatch(Path root) throws IOException {
        this.root = root.toAbsolutePath();
        this.watcher = FileSystems.getDefault().newWatchService();
    }

    /// Watches for the root itself to come, go, or be exchanged by way of a symbolic link.
    void coverParent() throws IOException {
        Path parent = root.getParent();
        if (parent != null) {
            cover(parent);
        }
    }

    /// Watches a directory, the one that the path leads to now; one that is watched already stays so. A directory that
    /// goes away is forgotten.
    void cover(Path directory) throws IOException {
        directory.register(watcher, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
    }

    /// What a burst touched.
    ///
    /// @param paths below the watched directories
    /// @param lost whether there were more events than the kernel keeps, so that anything may have been touched
    record Burst(Set<Path> paths, boolean lost) {}

    /// Waits until something has changed and then no more does, or `longest` has passed without any change.
    Burst await(Duration longest) throws InterruptedException {
        Set<Path> paths = new HashSet<>();
        boolean lost = false;
        long end = System.nanoTime() + longest.toNanos();
        boolean begun = false;
        for (long rest = longest.toNanos(); rest > 0; ) {
            WatchKey key = watcher.poll(rest, TimeUnit.NANOSECONDS);
            if (key == null) {
                break;
            }
            lost |= drain(key, paths);
            if (!begun && (lost || !paths.isEmpty())) {
                begun = true;
                end = System.nanoTime() + LONGEST_BURST.toNanos();
            }
            rest = end - System.nanoTime();
            if (begun) {
                rest = Math.min(QUIET.toNanos(), rest);
            }
        }
        return new Burst(paths, lost);
    }

    private boolean drain(WatchKey key, Set<Path> paths) {
        boolean lost = false;
        Path directory = (Path) key.watchable();
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.kind().equals(OVERFLOW)) {
                lost = true;
            } else if (event.context() instanceof Path name && concerns(directory, name)) {
                paths.add(directory.resolve(name));
            }
        }
        key.reset();
        return lost;
    }

    /// The parent may be a busy place such as /tmp.
    private boolean concerns(Path directory, Path name) {
        return !directory.equals(root.getParent()) || name.equals(root.getFileName());
    }

    @Override
    public void close() throws IOException {
        watcher.close();
    }
}
