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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Waits for changes in directories (inotify), and for a burst of them to end.
final class DirectoryWatch implements AutoCloseable {

    /// An editor or a copy writes in steps; this long without one is taken for its end.
    private static final Duration QUIET = Duration.ofMillis(10);

    /// Somebody who never stops to write is not waited for any longer.
    private static final Duration LONGEST_BURST = Duration.ofMillis(250);

    private final WatchService watcher;
    private final Path root;
    private final Duration quiet;
    private final Duration longestBurst;

    /// @param root the tree to watch; it need not exist, and nothing is covered yet
    DirectoryWatch(Path root) throws IOException {
        this(root, QUIET, LONGEST_BURST);
    }

    DirectoryWatch(Path root, Duration quiet, Duration longestBurst) throws IOException {
        this.root = root.toAbsolutePath();
        this.watcher = FileSystems.getDefault().newWatchService();
        this.quiet = quiet;
        this.longestBurst = longestBurst;
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

    /// Waits until something has changed and then no more does, or `longest` has passed without any change. Files that
    /// are whole ([TouchedFiles#areWhole]) are not waited for.
    ///
    /// @param isAnother whether the file that is under a path now is not the one that was read there
    Burst await(Duration longest, Predicate<Path> isAnother) throws InterruptedException {
        TouchedFiles touched = new TouchedFiles();
        boolean begun = false;
        long end = System.nanoTime() + longest.toNanos();
        long rest = longest.toNanos();
        for (WatchKey key = next(rest); key != null && end - System.nanoTime() > 0; key = next(rest)) {
            drain(key, touched);
            if (!begun && touched.any()) {
                begun = true;
                end = System.nanoTime() + longestBurst.toNanos();
            }
            rest = end - System.nanoTime();
            if (begun) {
                rest = touched.areWhole(isAnother) ? 0 : Math.min(quiet.toNanos(), rest);
            }
        }
        return touched.burst();
    }

    private @Nullable WatchKey next(long nanos) throws InterruptedException {
        return watcher.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    private void drain(WatchKey key, TouchedFiles touched) {
        Path directory = (Path) key.watchable();
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.kind().equals(OVERFLOW)) {
                touched.lose();
            } else if (event.context() instanceof Path name && concerns(directory, name)) {
                touched.add(directory.resolve(name), event.kind());
            }
        }
        key.reset();
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
