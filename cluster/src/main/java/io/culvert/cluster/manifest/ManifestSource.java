// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.ClusterSource;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.Problem;
import io.culvert.cluster.ProblemLog;
import io.culvert.cluster.SourceStatus;
import io.culvert.cluster.SourceStatus.Condition;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster as a directory of manifests says it: all `*.yaml`, `*.yml` and `*.json` below it, watched. A document is
/// taken whole or not at all; of one that is wrong the last good version stays, and the problem says file, line and
/// column; copies on disk know that version after a restart. Files that go away take their objects with them; a
/// directory that goes away takes nothing.
public final class ManifestSource implements ClusterSource {

    public static final String NAME = "manifests";

    private static final Logger LOG = LoggerFactory.getLogger(ManifestSource.class);

    /// While the directory is away, or cannot be watched.
    private static final Duration LOOK_AGAIN_SOON = Duration.ofSeconds(1);

    /// For changes that no watched directory tells of, such as behind a symbolic link to a file elsewhere.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final Path root;
    private final Path copies;
    private final ProblemLog problems = new ProblemLog(LOG);
    private volatile SourceStatus status;
    private @Nullable DirectoryWatch watch;
    private @Nullable Thread thread;

    /// @param root need not exist yet
    /// @param copies directory for the last good version of each manifest, from which a later process knows what a
    ///     manifest said that is wrong when it starts; of one source alone; made when it is needed
    public ManifestSource(Path root, Path copies) {
        this.root = root;
        this.copies = copies;
        this.status = new SourceStatus(Condition.STARTING, "not started");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public synchronized void start(ClusterStore store) {
        try {
            DirectoryWatch started = new DirectoryWatch(root);
            watch = started;
            thread = Thread.ofPlatform().name("manifests").daemon().start(() -> follow(store, started));
        } catch (IOException e) {
            String reason = FileErrors.reason(e);
            Problem problem = Problem.error(
                    root.toString(), "cannot be watched: " + reason, "raise fs.inotify.max_user_instances");
            problems.replace(List.of(problem));
            status = new SourceStatus(Condition.STARTING, problem.toString());
        }
    }

    @Override
    public SourceStatus status() {
        return status;
    }

    @Override
    public List<Problem> problems() {
        return problems.current();
    }

    @Override
    public synchronized void close() {
        try {
            if (watch != null) {
                watch.close();
            }
            if (thread != null) {
                thread.join();
            }
        } catch (IOException e) {
            LOG.warn("close the watch of {}: {}", root, FileErrors.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(ClusterStore store, DirectoryWatch started) {
        ManifestDirectory directory = new ManifestDirectory(root, new LastGoodCopies(root, copies), started);
        DirectoryWatch.Burst burst = new DirectoryWatch.Burst(Set.of(), true);
        try {
            while (true) {
                boolean followed = look(directory, burst, store);
                burst = started.await(followed ? LOOK_AGAIN : LOOK_AGAIN_SOON, directory::holdsAnother);
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("the watch of {} ends", root);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns whether the watch tells of every change from now on.
    private boolean look(ManifestDirectory directory, DirectoryWatch.Burst burst, ClusterStore store) {
        try {
            ManifestDirectory.Look look = directory.look(burst);
            take(look, store);
            directory.makeCopies().ifPresent(problems::replace);
            return !look.unfollowed();
        } catch (ClosedWatchServiceException e) {
            throw e;
        } catch (RuntimeException e) {
            // A fault of ours must not end the thread: what was known stays, and the next change may be read again.
            LOG.error("read {}", root, e);
            problems.replace(List.of(Problem.error(root.toString(), "internal error: " + e, "please report it")));
            return true;
        }
    }

    private void take(ManifestDirectory.Look look, ClusterStore store) {
        problems.replace(look.problems());
        if (look.readable()) {
            store.apply(look.changes());
            store.completed(NAME);
            store.policiesCompleted(NAME);
            status = new SourceStatus(Condition.CURRENT, look.summary());
        } else {
            boolean never = status.condition() == Condition.STARTING;
            status = new SourceStatus(never ? Condition.STARTING : Condition.STALE, look.summary());
        }
    }
}
