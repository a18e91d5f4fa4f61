// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.Change;
import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.DocumentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known of a directory of manifests, and how it follows the files. Not for use by several threads.
final class ManifestDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(ManifestDirectory.class);

    private final Path root;
    private final DirectoryWatch watch;
    private final LastGoodCopies copies;
    private final ManifestSet manifests = new ManifestSet();
    private final Map<Path, DirectoryScan.Stamp> read = new HashMap<>();
    private List<Problem> treeProblems = List.of();
    private boolean unfollowed = true;
    private boolean begun;

    /// Copies that are due and not made yet: a single change is not to wait for a disk.
    private final List<Runnable> dueCopies = new ArrayList<>();

    /// @param copies from an earlier process, and for a later one
    ManifestDirectory(Path root, LastGoodCopies copies, DirectoryWatch watch) {
        this.root = root;
        this.copies = copies;
        this.watch = watch;
    }

    /// What a look at the directory brought.
    ///
    /// @param readable false where the directory is away; then there are no changes
    /// @param unfollowed whether some changes could go unnoticed until the next look
    record Look(boolean readable, boolean unfollowed, List<Change> changes, List<Problem> problems, String summary) {}

    /// Reads what is new or different. A burst that touched only files that are known to be plain ones is about those;
    /// anything else, and every look without a burst, goes through the whole tree.
    Look look(DirectoryWatch.Burst burst) {
        // Of a look that failed half-way, before newer ones are made.
        var _ = makeCopies();
        return !burst.lost()
                        && !burst.paths().isEmpty()
                        && burst.paths().stream().allMatch(this::isKnown)
                ? lookAt(burst.paths())
                : lookAtAll(burst);
    }

    /// Whether the file was read before and is still a file of the tree, not a link that may lead elsewhere by now.
    private boolean isKnown(Path file) {
        return read.containsKey(file) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /// Whether a plain file is there that is not the one that was read under this name.
    boolean holdsAnother(Path file) {
        DirectoryScan.Stamp stamp = read.get(file);
        return stamp != null
                && stamp.inode() != null
                && isKnown(file)
                && DirectoryScan.stamp(file)
                        .filter(now -> now.inode() != null && !now.inode().equals(stamp.inode()))
                        .isPresent();
    }

    private Look lookAt(Set<Path> files) {
        for (Path file : files) {
            read(file, DirectoryScan.stamp(file).orElse(DirectoryScan.Stamp.NONE), dueCopies::add, dueCopies::add);
        }
        return look();
    }

    private Look lookAtAll(DirectoryWatch.Burst burst) {
        boolean parentWatched = coverParent();
        DirectoryScan scan = DirectoryScan.of(root, watch);
        if (scan.rootUnreadable()) {
            List<Problem> problems = new ArrayList<>(scan.problems());
            problems.addAll(manifests.problems());
            return new Look(
                    false, true, List.of(), problems, scan.problems().getFirst().toString());
        }
        begin(scan);
        forgetMissing(scan);
        scan.files().forEach((file, stamp) -> {
            if (burst.lost() || burst.paths().contains(file) || !stamp.equals(read.get(file))) {
                read(file, stamp, _ -> dueCopies.add(() -> copyAsItIs(file, stamp)), Runnable::run);
            }
        });
        treeProblems = scan.problems();
        unfollowed = !parentWatched || !treeProblems.isEmpty();
        return look();
    }

    private Look look() {
        return new Look(true, unfollowed, manifests.changes(), problems(), summary());
    }

    private List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(treeProblems);
        problems.addAll(copies.problems());
        problems.addAll(manifests.problems());
        return problems;
    }

    /// Makes the copies that the last look left for later; to be called after its changes were handed on.
    ///
    /// @return all problems, where there may be other ones now
    Optional<List<Problem>> makeCopies() {
        if (dueCopies.isEmpty()) {
            return Optional.empty();
        }
        dueCopies.forEach(Runnable::run);
        dueCopies.clear();
        return Optional.of(problems());
    }

    /// The text is read once more, so that those of all files need not be kept until their copies are made. A file that
    /// changed meanwhile has another look coming.
    private void copyAsItIs(Path file, DirectoryScan.Stamp stamp) {
        try {
            String text = Files.readString(file);
            if (stamp.equals(read.get(file))
                    && DirectoryScan.stamp(file).filter(stamp::equals).isPresent()) {
                copies.keep(file, text);
            }
        } catch (IOException e) {
            LOG.debug("copy {}: {}", file, FileErrors.reason(e));
        }
    }

    private boolean coverParent() {
        try {
            watch.coverParent();
            return true;
        } catch (IOException e) {
            // The caller looks again soon.
            return false;
        }
    }

    /// Goes through the copies once: of a file that cannot be looked for what it said last stays, of one that went away
    /// while nobody looked nothing does.
    private void begin(DirectoryScan scan) {
        if (begun) {
            return;
        }
        begun = true;
        for (Path file : copies.files()) {
            if (scan.mayHide(file)) {
                read.put(file, DirectoryScan.Stamp.NONE);
                manifests.put(file.toString(), copies.recall(file));
            } else if (!scan.files().containsKey(file)) {
                copies.forget(file);
            }
        }
    }

    private void forgetMissing(DirectoryScan scan) {
        List<Path> missing = read.keySet().stream()
                .filter(file -> !scan.files().containsKey(file) && !scan.mayHide(file))
                .toList();
        missing.forEach(file -> {
            read.remove(file);
            manifests.remove(file.toString());
            copies.forget(file);
        });
    }

    /// @param whole takes the copying of a file without faults
    /// @param partly takes that of one of which only some documents can be used
    private void read(Path file, DirectoryScan.Stamp stamp, Consumer<Runnable> whole, Consumer<Runnable> partly) {
        boolean known = read.put(file, stamp) != null;
        try {
            String text = Files.readString(file);
            ParsedFile contents = ManifestParser.parse(file.toString(), text);
            if (contents.faulty()) {
                Set<DocumentName> names = put(file, known, contents);
                partly.accept(() -> copies.keep(file, text, names));
            } else {
                manifests.put(file.toString(), contents);
                whole.accept(() -> copies.keep(file, text));
            }
        } catch (IOException e) {
            put(
                    file,
                    known,
                    ParsedFile.unreadable(Problem.error(
                            file.toString(), "cannot be read: " + FileErrors.reason(e), "what it said last stays")));
        }
    }

    /// Takes a file with faults. What it said last may be from before this process.
    private Set<DocumentName> put(Path file, boolean known, ParsedFile contents) {
        if (!known) {
            manifests.put(file.toString(), copies.recall(file));
        }
        return manifests.put(file.toString(), contents);
    }

    private String summary() {
        int policies =
                manifests.count(DocumentKind.NETWORK_POLICY) + manifests.count(DocumentKind.CLUSTER_NETWORK_POLICY);
        return manifests.count(DocumentKind.SERVICE) + " services, "
                + manifests.count(DocumentKind.ENDPOINT_SLICE) + " endpoint slices in "
                + manifests.fileCount() + " files below " + root
                + (policies == 0 ? "" : "; " + policies + " policies");
    }
}
