// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How many browsers may follow at a time. Who does not read gives way when somebody else comes.
final class StreamSlots {

    /// For how long a client may leave unread what is sent to it, if others wait.
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long HANDOVER_MILLIS = 1_000;

    private final Semaphore free;
    private final Set<Slot> taken = ConcurrentHashMap.newKeySet();
    private final LongSupplier clock;

    StreamSlots(int slots) {
        this(slots, System::nanoTime);
    }

    /// @param clock nanoseconds
    StreamSlots(int slots, LongSupplier clock) {
        this.free = new Semaphore(slots);
        this.clock = clock;
    }

    /// The place of one client. Interrupting its thread closes its connection, even in the middle of a write.
    final class Slot implements AutoCloseable {

        private final Thread thread = Thread.currentThread();
        private volatile long writingSince;
        private volatile boolean writing;

        /// Notes that something is about to be sent.
        void beginWrite() {
            writingSince = clock.getAsLong();
            writing = true;
        }

        void endWrite() {
            writing = false;
        }

        private boolean isStuck() {
            return writing && clock.getAsLong() - writingSince > PATIENCE.toNanos();
        }

        @Override
        public void close() {
            if (taken.remove(this)) {
                free.release();
            }
        }
    }

    /// A place for the calling thread, or empty if all are taken by clients that read.
    ///
    /// @throws InterruptedException if the thread is interrupted while it waits for one who gives way
    Optional<Slot> enter() throws InterruptedException {
        if (free.tryAcquire()) {
            return Optional.of(take());
        }
        Optional<Slot> stuck = taken.stream().filter(Slot::isStuck).findFirst();
        if (stuck.isEmpty()) {
            return Optional.empty();
        }
        stuck.get().thread.interrupt();
        return free.tryAcquire(HANDOVER_MILLIS, TimeUnit.MILLISECONDS) ? Optional.of(take()) : Optional.empty();
    }

    private Slot take() {
        Slot slot = new Slot();
        taken.add(slot);
        return slot;
    }

    /// How many follow now.
    int used() {
        return taken.size();
    }
}
