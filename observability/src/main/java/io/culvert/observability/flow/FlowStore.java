// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventBlock;
import io.culvert.maps.event.EventMemory;
import io.culvert.maps.event.RawEvent;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// The last flows, outside of the heap. One thread adds; any number of others read by cursors of their own, without a
/// lock: who reads what is being overwritten finds that out and knows how much it lost. Nobody slows anybody.
///
/// Flows are numbered from 0 on, in the order in which programs began to write them. Times are almost in that order:
/// processors that write at once may be some microseconds apart.
public final class FlowStore implements AutoCloseable {

    private static final int BLOCK_BITS = 10;
    private static final int BLOCK = 1 << BLOCK_BITS;
    private static final long FOLLOWED = 2_000_000_000L;

    private final EventMemory memory;
    private final int capacity;
    /// By block of 1,024 flows, counted round: the latest time in it and in all blocks before.
    private final AtomicLongArray latest;
    private final Object arrival = new Object();
    private volatile int waiting;
    private volatile long followed = System.nanoTime() - FOLLOWED;
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final LongAdder missed = new LongAdder();
    private long latestTime = Long.MIN_VALUE;

    /// @param capacity flows that are kept
    public FlowStore(int capacity) {
        this.memory = new EventMemory(capacity);
        this.capacity = capacity;
        this.latest = new AtomicLongArray((capacity >> BLOCK_BITS) + 2);
    }

    /// Adds a flow. Observers that wait are told by [#publish].
    public void add(RawEvent flow) {
        long number = claim(flow.time());
        memory.set(place(number), flow);
        written.setRelease(number + 1);
    }

    /// The same.
    public void add(Event flow) {
        long number = claim(flow.time());
        memory.set(place(number), flow);
        written.setRelease(number + 1);
    }

    /// Readers see that the place is being written before they can see that it was.
    private long claim(long time) {
        long number = claimed.getPlain();
        latestTime = Math.max(latestTime, time);
        latest.setOpaque(block(number), latestTime);
        claimed.setOpaque(number + 1);
        VarHandle.storeStoreFence();
        return number;
    }

    private int block(long number) {
        return (int) ((number >> BLOCK_BITS) % latest.length());
    }

    /// Wakes who waits for flows that were added.
    public void publish() {
        if (waiting > 0) {
            synchronized (arrival) {
                arrival.notifyAll();
            }
        }
    }

    /// Whether an observer has waited for flows within the last seconds.
    boolean isFollowed() {
        return waiting > 0 || System.nanoTime() - followed < FOLLOWED;
    }

    /// Waits until a flow of that number is there.
    ///
    /// @return whether it is
    /// @throws InterruptedException if the thread is interrupted
    boolean await(long number, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        synchronized (arrival) {
            waiting++;
            try {
                for (long left = millis; written() <= number && left > 0; left = millisUntil(deadline)) {
                    arrival.wait(left);
                }
            } finally {
                waiting--;
                followed = System.nanoTime();
            }
        }
        return written() > number;
    }

    private static long millisUntil(long deadline) {
        return Math.ceilDiv(deadline - System.nanoTime(), 1_000_000);
    }

    /// How many were added so far: the number of the next one.
    public long written() {
        return written.getAcquire();
    }

    /// The number of the oldest flow that is kept.
    public long oldest() {
        return Math.max(0, written() - capacity);
    }

    public int capacity() {
        return capacity;
    }

    /// Notes flows that an observer did not look at before they were overwritten.
    void miss(long count) {
        missed.add(count);
    }

    /// Flows that observers did not look at before they were overwritten, the sum of all observers since the start.
    public long missed() {
        return missed.sum();
    }

    /// Bytes outside of the heap.
    public long bytes() {
        return memory.bytes();
    }

    int place(long number) {
        return (int) (number % capacity);
    }

    /// Copies the block of places in which a flow is that was written.
    ///
    /// @return how many places those are
    int copy(long number, EventBlock block) {
        return memory.get(place(number), block);
    }

    /// The number of the oldest flow of which what was copied until now was that flow.
    long oldestKept() {
        VarHandle.loadLoadFence();
        return claimed.getOpaque() - capacity;
    }

    /// The number of a flow before which none is as late as that, without a look at any of them.
    ///
    /// @param time nanoseconds of CLOCK_MONOTONIC
    public long since(long time) {
        long oldest = oldest();
        long low = oldest >> BLOCK_BITS;
        long high = (written() + BLOCK - 1) >> BLOCK_BITS;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (latest.getOpaque((int) (middle % latest.length())) < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Math.max(oldest, Math.min(low << BLOCK_BITS, written()));
    }

    /// An observer that begins with a flow of that number, or with the oldest if that is gone.
    public FlowCursor cursor(long number) {
        return new FlowCursor(this, Math.max(number, oldest()));
    }

    /// Nobody may read or add any more.
    @Override
    public void close() {
        memory.close();
    }
}
