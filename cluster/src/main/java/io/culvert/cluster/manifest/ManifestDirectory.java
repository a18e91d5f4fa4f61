// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.Change;
import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.DocumentKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is known of a directory of manifests, and how it follows the files. Not for use by several threads.
final class ManifestDirectory {

    private final Path root;
    private final DirectoryWatch watch;
    private final ManifestSet manifests = new ManifestSet();
    private final Map<Path, DirectoryScan.Stamp> read = new HashMap<>();
    private List<Problem> treeProblems = List.of();
    private boolean unfollowed = true;

    ManifestDirectory(Path root, DirectoryWatch watch) {
        this.root = root;
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

    private Look lookAt(Set<Path> files) {
        for (Path file : files) {
            DirectoryScan.stamp(file).ifPresent(stamp -> read.put(file, stamp));
            manifests.put(file.toString(), parse(file));
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
        forgetMissing(scan);
        scan.files().forEach((file, stamp) -> {
            if (burst.lost() || burst.paths().contains(file) || !stamp.equals(read.get(file))) {
                read.put(file, stamp);
                manifests.put(file.toString(), parse(file));
            }
        });
        treeProblems = scan.problems();
        unfollowed = !parentWatched || !treeProblems.isEmpty();
        return look();
    }

    private Look look() {
        List<Change> changes = manifests.changes();
        List<Problem> problems = new ArrayList<>(treeProblems);
        problems.addAll(manifests.problems());
        return new Look(true, unfollowed, changes, problems, summary());
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

    private void forgetMissing(DirectoryScan scan) {
        List<Path> missing = read.keySet().stream()
                .filter(file -> !scan.files().containsKey(file) && !scan.mayHide(file))
                .toList();
        missing.forEach(file -> {
            read.remove(file);
            manifests.remove(file.toString());
        });
    }

    private static ParsedFile parse(Path file) {
        try {
            return ManifestParser.parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            return ParsedFile.unreadable(Problem.error(
                    file.toString(), "cannot be read: " + FileErrors.reason(e), "what it said last stays"));
        }
    }

    private String summary() {
        int policies =
                manifests.count(DocumentKind.NETWORK_POLICY) + manifests.count(DocumentKind.CLUSTER_NETWORK_POLICY);
        return manifests.count(DocumentKind.SERVICE) + " services, "
                + manifests.count(DocumentKind.ENDPOINT_SLICE) + " endpoint slices in "
                + manifests.fileCount() + " files below " + root
                + (policies == 0 ? "" : "; " + policies + " policies are not enforced by this version");
    }
}
