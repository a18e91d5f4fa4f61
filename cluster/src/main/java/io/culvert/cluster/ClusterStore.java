// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Takes changes from sources and tells subscribers the newest state, on one thread of its own.
///
/// While a subscriber is busy, changes gather; its next update covers all of them (a burst of changes costs one update,
/// a single change is delivered at once). Nothing is delivered before every source has given its first complete list,
/// so that half a list is never taken for the wish to remove the rest. May be used from any thread.
public final class ClusterStore implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final StateEditor editor = new StateEditor();
    private final Set<String> awaited;
    private final Duration retry;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Thread delivery;
    private final Differences all = new Differences();
    private Instant lastQueued = Instant.EPOCH;
    private boolean closed;

    /// @param sources names of the sources whose first complete list is awaited
    public ClusterStore(Set<String> sources) {
        this(sources, RETRY);
    }

    ClusterStore(Set<String> sources, Duration retry) {
        this.awaited = new HashSet<>(sources);
        this.retry = retry;
        this.delivery = Thread.ofPlatform().name("cluster-updates").daemon().unstarted(this::deliver);
        delivery.start();
    }

    /// Calls `subscriber` with everything first, once all sources are complete, and then with each change, always on
    /// the
    /// store's own thread. An update that throws is given again, with what changed meanwhile, after five seconds.
    public void subscribe(Consumer<ClusterUpdate> subscriber) {
        locked(() -> subscriptions.add(new Subscription(subscriber)));
    }

    /// Applies changes together: no update shows only some of them. Those that change nothing cost nothing further.
    public void apply(List<Change> changes) {
        locked(() -> {
            changes.forEach(editor::apply);
            Differences differences = editor.takeDifferences();
            if (!differences.isEmpty()) {
                lastQueued = Instant.now();
                all.serviceChanges += differences.serviceChanges;
                all.sliceChanges += differences.sliceChanges;
                long now = System.nanoTime();
                subscriptions.forEach(subscription -> subscription.add(differences, now));
            }
        });
    }

    /// What has come and what is still waiting to be taken, by the slowest subscriber. What came before a subscriber
    /// did never waits for it.
    public Backlog backlog() {
        lock.lock();
        try {
            long services = 0;
            long slices = 0;
            Duration waiting = Duration.ZERO;
            long now = System.nanoTime();
            for (Subscription subscription : subscriptions) {
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

    /// Notes that a source has given its first complete list. Later calls say nothing new.
    public void completed(String source) {
        locked(() -> awaited.remove(source));
    }

    /// Whether every source has given its first complete list.
    public boolean complete() {
        lock.lock();
        try {
            return awaited.isEmpty();
        } finally {
            lock.unlock();
        }
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

    /// Ends delivery, after the update that is under way.
    @Override
    public void close() {
        locked(() -> closed = true);
        if (Thread.currentThread().equals(delivery)) {
            return;
        }
        try {
            delivery.join();
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

    private void deliver() {
        try {
            for (List<Delivery> due = awaitDue(); !due.isEmpty(); due = awaitDue()) {
                due.forEach(this::deliver);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What to deliver next; empty when the store is closed.
    private List<Delivery> awaitDue() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                List<Delivery> due = due();
                if (!due.isEmpty()) {
                    return due;
                }
                var _ = news.awaitNanos(pause());
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private List<Delivery> due() {
        List<Delivery> due = new ArrayList<>();
        for (Subscription subscription : subscriptions) {
            if (awaited.isEmpty() && subscription.due(System.nanoTime())) {
                due.add(new Delivery(subscription, subscription.take(editor.state())));
            }
        }
        return due;
    }

    /// How long to wait for news at most: a failed subscriber is due late by a tenth of its pause at the worst.
    private long pause() {
        return subscriptions.stream().anyMatch(Subscription::failed) ? retry.toNanos() / 10 : Long.MAX_VALUE;
    }

    private void deliver(Delivery delivery) {
        boolean taken = delivery.subscription().give(delivery.update());
        if (taken) {
            locked(delivery.subscription()::done);
        } else {
            locked(() -> delivery.subscription().putBack(delivery.update(), System.nanoTime() + retry.toNanos()));
        }
    }

    private record Delivery(Subscription subscription, ClusterUpdate update) {}
}
