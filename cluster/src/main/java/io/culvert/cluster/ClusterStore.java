// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Takes changes from sources and tells each subscriber the newest state, on a thread of its own.
///
/// While a subscriber is busy, changes gather; its next update covers all of them (a burst of changes costs one update,
/// a single change is delivered at once). Nothing is delivered before every source has given its first complete list,
/// so that half a list is never taken for the wish to remove the rest. The lists that policies need can be far longer
/// than those that Services need, which do not wait for them. May be used from any thread.
public final class ClusterStore implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final StateEditor editor = new StateEditor();
    private final Map<Topic, Set<String>> awaited = new EnumMap<>(Topic.class);
    private final Duration retry;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Differences all = new Differences();
    private Instant lastQueued = Instant.EPOCH;
    private boolean closed;

    /// @param sources names of the sources whose first complete list is awaited
    public ClusterStore(Set<String> sources) {
        this(sources, RETRY);
    }

    ClusterStore(Set<String> sources, Duration retry) {
        this.retry = retry;
        for (Topic topic : Topic.values()) {
            awaited.put(topic, new HashSet<>(sources));
        }
    }

    /// Calls `subscriber` with everything first, once all sources are complete, and then with each change that matters
    /// to Services, always on the same thread. An update that throws is given again after five seconds, with what
    /// changed meanwhile.
    public void subscribe(Consumer<ClusterUpdate> subscriber) {
        subscribe(Topic.SERVICES, subscriber);
    }

    /// The same for [ClusterState#policies]: once they are complete, and then with each change of them. Only the state
    /// and [ClusterUpdate#policies] of such an update say anything.
    public void subscribePolicies(Consumer<ClusterUpdate> subscriber) {
        subscribe(Topic.POLICIES, subscriber);
    }

    private void subscribe(Topic topic, Consumer<ClusterUpdate> subscriber) {
        Subscription subscription = new Subscription(topic, subscriber);
        String name = topic == Topic.SERVICES ? "cluster-updates" : "policy-updates";
        locked(() -> {
            subscriptions.add(subscription);
            threads.add(Thread.ofPlatform().name(name).daemon().start(() -> deliver(subscription)));
        });
    }

    /// Applies changes together: no update shows only some of them. Those that change nothing cost nothing further.
    public void apply(List<Change> changes) {
        locked(() -> {
            changes.forEach(editor::apply);
            Differences differences = editor.takeDifferences();
            if (!differences.isEmpty()) {
                all.serviceChanges += differences.serviceChanges;
                all.sliceChanges += differences.sliceChanges;
                if (!differences.isEmpty(Topic.SERVICES)) {
                    lastQueued = Instant.now();
                }
                long now = System.nanoTime();
                subscriptions.forEach(subscription -> subscription.add(differences, now));
            }
        });
    }

    /// What has come for Services and what is still waiting to be taken, by the slowest subscriber. What came before a
    /// subscriber did never waits for it.
    public Backlog backlog() {
        lock.lock();
        try {
            long services = 0;
            long slices = 0;
            Duration waiting = Duration.ZERO;
            long now = System.nanoTime();
            for (Subscription subscription : subscriptions) {
                if (subscription.topic() != Topic.SERVICES) {
                    continue;
                }
                Differences unfinished = subscription.unfinished();
                services = Math.max(services, unfinished.serviceChanges);
                slices = Math.max(slices, unfinished.sliceChanges);
                Duration own = subscription.waiting(now);
                waiting = own.compareTo(waiting) > 0 ? own : waiting;
            }
            return new Backlog(all.serviceChanges, all.sliceChanges, services, slices, lastQueued, waiting);
        } finally {
            lock.unlock();
        }
    }

    /// Notes that a source has given its first complete list of what Services need. Later calls say nothing new.
    public void completed(String source) {
        locked(() -> awaited(Topic.SERVICES).remove(source));
    }

    /// Notes that a source has given its first complete list of what policies need. Later calls say nothing new.
    public void policiesCompleted(String source) {
        locked(() -> awaited(Topic.POLICIES).remove(source));
    }

    /// Whether every source has given its first complete list of what Services need.
    public boolean complete() {
        return complete(Topic.SERVICES);
    }

    /// Whether every source has given its first complete list of what policies need.
    public boolean policiesComplete() {
        return complete(Topic.POLICIES);
    }

    private boolean complete(Topic topic) {
        lock.lock();
        try {
            return awaited(topic).isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private Set<String> awaited(Topic topic) {
        return awaited.getOrDefault(topic, Set.of());
    }

    /// The newest state, complete or not.
    public ClusterState state() {
        lock.lock();
        try {
            return editor.state();
        } finally {
            lock.unlock();
        }
    }

    /// Ends delivery, after the updates that are under way.
    @Override
    public void close() {
        locked(() -> closed = true);
        try {
            for (Thread thread : threads) {
                if (!Thread.currentThread().equals(thread)) {
                    thread.join();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void locked(Runnable edit) {
        lock.lock();
        try {
            edit.run();
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void deliver(Subscription subscription) {
        try {
            for (Optional<ClusterUpdate> due = awaitDue(subscription); due.isPresent(); due = awaitDue(subscription)) {
                deliver(subscription, due.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What to deliver next; empty when the store is closed.
    private Optional<ClusterUpdate> awaitDue(Subscription subscription) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                if (awaited(subscription.topic()).isEmpty() && subscription.due(System.nanoTime())) {
                    return Optional.of(subscription.take(editor.state()));
                }
                // A failed subscriber is due late by a tenth of its pause at the worst.
                var _ = news.awaitNanos(subscription.failed() ? retry.toNanos() / 10 : Long.MAX_VALUE);
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void deliver(Subscription subscription, ClusterUpdate update) {
        boolean taken = subscription.give(update);
        locked(() -> {
            if (taken) {
                subscription.done();
            } else {
                subscription.putBack(update, System.nanoTime() + retry.toNanos());
            }
        });
    }
}
