// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.Problem;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One look at a directory tree: which manifest files there are. Names that begin with a dot are passed over: editors
/// write their temporary files so, and the `..data` of a mounted ConfigMap holds the same files again.
final class DirectoryScan extends SimpleFileVisitor<Path> {

    /// Tells one version of a file from another.
    record Stamp(FileTime modified, long size, @Nullable Object inode) {
        /// Of a file that was never seen.
        static final Stamp NONE = new Stamp(FileTime.fromMillis(0), -1, null);
    }

    private final Path root;
    private final DirectoryWatch watch;
    private final Map<Path, Stamp> files = new HashMap<>();
    private final List<Path> unreadable = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    private DirectoryScan(Path root, DirectoryWatch watch) {
        this.root = root;
        this.watch = watch;
    }

    /// The version of one file, empty where it is not there to be asked.
    static Optional<Stamp> stamp(Path file) {
        try {
            return Optional.of(stamp(Files.readAttributes(file, BasicFileAttributes.class)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Stamp stamp(BasicFileAttributes attributes) {
        return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    /// Looks through `root`, and has `watch` cover each directory before it is listed, so that no change falls between.
    static DirectoryScan of(Path root, DirectoryWatch watch) {
        DirectoryScan scan = new DirectoryScan(root, watch);
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, scan);
        } catch (IOException e) {
            scan.failed(root, e);
        }
        return scan;
    }

    Map<Path, Stamp> files() {
        return files;
    }

    List<Problem> problems() {
        return problems;
    }

    /// Whether nothing is known about the whole tree.
    boolean rootUnreadable() {
        return unreadable.contains(root);
    }

    /// Whether `file` may still be there although it was not seen.
    boolean mayHide(Path file) {
        return unreadable.stream().anyMatch(file::startsWith);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        if (!directory.equals(root) && hidden(directory)) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        try {
            watch.cover(directory);
        } catch (IOException e) {
            problems.add(Problem.warning(
                    directory.toString(),
                    "cannot be watched: " + FileErrors.reason(e) + ", so changes are seen late",
                    "raise fs.inotify.max_user_watches"));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        String name = file.getFileName().toString();
        boolean manifest = name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
        if (file.equals(root)) {
            problems.add(Problem.error(root.toString(), "is not a directory", "give --manifests a directory"));
            unreadable.add(root);
        } else if (manifest && !hidden(file)) {
            files.put(file, stamp(attributes));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        if (!(e instanceof FileSystemLoopException)) {
            failed(file, e);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
        if (e != null) {
            failed(directory, e);
        }
        return FileVisitResult.CONTINUE;
    }

    private void failed(Path path, IOException e) {
        unreadable.add(path);
        problems.add(Problem.error(
                path.toString(), "cannot be read: " + FileErrors.reason(e), "what it said last stays until it can be"));
    }

    private static boolean hidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }
}
