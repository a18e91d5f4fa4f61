// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.culvert.cluster.Change;
import io.culvert.cluster.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one kind: lists it in pages, watches from the list's version on, goes on from the last version seen when a
/// watch ends, and lists again where that version is gone. Whatever the server does, what is known stays until a
/// complete list or a deletion says otherwise.
final class KindFollower implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(KindFollower.class);

    /// Refusals of a watch in a row after which its version is not believed in any more (a restored server may not know
    /// it). A server that cannot be reached does not count: its clients must not all list when it comes back.
    private static final int REFUSED_WATCHES = 3;

    private final FollowedKind kind;
    private final ApiConnection connection;
    private final Patience patience;
    private final Consumer<List<Change>> sink;
    private final Runnable statusChanged;
    private final CountDownLatch closed;
    private final KnownObjects known;
    private final Versions versions = new Versions();
    private final Backoff backoff;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private String version = "";
    private int refusedWatches;
    private volatile boolean synced;
    private volatile boolean begun;
    private volatile boolean withheld;
    private volatile @Nullable Problem trouble;
    private volatile @Nullable Problem refusal;

    /// @param sink takes changes
    /// @param statusChanged is called when anything else that is asked of this follower may have changed
    /// @param closed ends pauses
    /// @param known nothing yet
    KindFollower(
            FollowedKind kind,
            ApiConnection connection,
            Patience patience,
            Consumer<List<Change>> sink,
            Runnable statusChanged,
            CountDownLatch closed,
            KnownObjects known) {
        this.kind = kind;
        this.connection = connection;
        this.patience = patience;
        this.sink = sink;
        this.statusChanged = statusChanged;
        this.closed = closed;
        this.known = known;
        this.backoff = new Backoff(patience, random);
    }

    FollowedKind kind() {
        return kind;
    }

    /// Whether the first complete list has come.
    boolean synced() {
        return synced;
    }

    /// Whether what Services need of the first complete list has come.
    boolean begun() {
        return begun;
    }

    /// Whether the server does not show it to this agent.
    boolean withheld() {
        return withheld;
    }

    /// Why no news comes in, if so.
    Optional<Problem> trouble() {
        return Optional.ofNullable(trouble);
    }

    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(known.problems());
        trouble().ifPresent(problems::addFirst);
        Optional.ofNullable(refusal).ifPresent(problems::addFirst);
        return problems;
    }

    @Override
    public void run() {
        try {
            while (closed.getCount() > 0) {
                step();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void step() throws InterruptedException {
        String verb = version.isEmpty() ? "list" : "watch";
        try {
            if (version.isEmpty()) {
                list();
            }
            verb = "watch";
            watch();
        } catch (ApiException e) {
            failed(verb, e);
        } catch (IOException e) {
            failed(verb, new ApiException(Failures.reason(e)));
        } catch (RuntimeException e) {
            // A fault of ours must not end the thread: the next list starts from nothing half done.
            LOG.error("{} {}", verb, kind.plural(), e);
            version = "";
            failed(verb, new ApiException("internal error: " + e));
        }
    }

    private void list() throws IOException {
        if (!synced && (!begun || withheld) && !kind.first().isEmpty()) {
            listFirst();
        }
        KnownObjects.Relist relist = known.relist();
        String listed = pages(kind, relist);
        versions.listed(listed);
        version = listed;
        sink.accept(relist.finish());
        begun = true;
        synced = true;
        withheld = false;
        trouble = null;
        refusal = null;
        statusChanged.run();
    }

    /// Services need not wait until all pods of a large cluster are listed.
    private void listFirst() throws IOException {
        KnownObjects.Relist part = known.relist();
        var _ = pages(kind.firstPart(), part);
        sink.accept(part.add());
        begun = true;
        statusChanged.run();
    }

    /// Returns the version of the list.
    private String pages(FollowedKind listed, KnownObjects.Relist relist) throws IOException {
        ListPage page = page(listed, "", relist);
        String first = page.version();
        while (!page.next().isEmpty()) {
            page = page(listed, page.next(), relist);
        }
        return first;
    }

    private ListPage page(FollowedKind listed, String token, KnownObjects.Relist relist) throws IOException {
        try (InputStream body = connection.get(listed.listPath(token), patience.listSilence(), patience.page())) {
            return ListPage.read(body, kind.kind(), relist::item);
        }
    }

    /// Returns when the server ends the watch.
    private void watch() throws IOException, InterruptedException {
        Duration least = patience.watchLifetime();
        long seconds = least.toSeconds() + random.nextLong(Math.max(1, least.toSeconds()));
        Duration whole = Duration.ofSeconds(seconds).plus(patience.watchSilence());
        long begin = System.nanoTime();
        boolean news = false;
        try (InputStream body = connection.get(kind.watchPath(version, seconds), patience.watchSilence(), whole)) {
            // Before the parser, which waits for the first event: that may take hours.
            works();
            news = readEvents(body);
        } finally {
            if (System.nanoTime() - begin > patience.lastRetry().toNanos()) {
                backoff.reset();
            }
        }
        if (!news) {
            // A server that ends every watch at once is not asked in a tight loop.
            pause();
        }
    }

    /// Applies events until the server ends the watch. Returns whether there were any.
    private boolean readEvents(InputStream body) throws IOException {
        boolean news = false;
        try (WatchEvents events = new WatchEvents(kind.kind(), body)) {
            for (Optional<WatchEvents.Event> event = events.next(); event.isPresent(); event = events.next()) {
                apply(event.get());
                news = true;
                refusedWatches = 0;
                backoff.reset();
            }
        }
        return news;
    }

    private void apply(WatchEvents.Event event) {
        if (versions.replayed(event.version())) {
            return;
        }
        List<Change> changes = switch (event.type()) {
            case ADDED, MODIFIED -> known.put(event.object());
            case DELETED -> known.remove(event.object());
            case BOOKMARK -> List.of();
        };
        if (!changes.isEmpty()) {
            sink.accept(changes);
        }
        versions.seen(event.version());
        version = event.version();
        statusChanged.run();
    }

    private void works() {
        if (trouble != null) {
            trouble = null;
            withheld = false;
            statusChanged.run();
        }
    }

    private void failed(String verb, ApiException e) throws InterruptedException {
        if (closed.getCount() == 0) {
            return;
        }
        if (verb.equals("watch") && e.refused()) {
            refusedWatches++;
        }
        if (e.gone() || refusedWatches >= REFUSED_WATCHES) {
            version = "";
            refusedWatches = 0;
        }
        withheld = e.forbidden() || (withheld && !e.refused());
        // A version that is gone is part of normal life, and the list comes right away.
        if (verb.equals("list") && kind.optional() && (e.unknown() || e.forbidden())) {
            without(e);
        } else if (!e.gone()) {
            begun |= withheld && kind.dispensable();
            trouble = problem(verb, e);
            statusChanged.run();
        }
        pause();
    }

    /// Goes on as with an empty list; what is known stays. The server is asked again now and then.
    private void without(ApiException e) {
        trouble = null;
        refusal = e.forbidden() ? problem("list", e) : null;
        begun = true;
        synced = true;
        statusChanged.run();
    }

    /// A warning where news comes late; an error where what somebody wants is not enforced.
    private Problem problem(String verb, ApiException e) {
        String subject = "API server " + connection.url();
        String message = verb + " " + kind.plural() + ": " + e.getMessage();
        if (!e.forbidden()) {
            return Problem.warning(subject, message, e.remedy().isEmpty() ? connection.remedy() : e.remedy());
        }
        return kind.forPolicies()
                ? Problem.error(subject, message + "; " + kind.withheld(), kind.right())
                : Problem.warning(subject, message, kind.right());
    }

    private void pause() throws InterruptedException {
        var _ = closed.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
    }
}
