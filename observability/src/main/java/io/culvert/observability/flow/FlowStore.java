// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventBlock;
import io.culvert.maps.event.EventMemory;
import io.culvert.maps.event.RawEvent;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The last flows, outside of the heap. One thread adds; any number of others read by cursors of their own, without a
/// lock: who reads what is being overwritten finds that out and knows how much it lost. Nobody slows anybody.
///
/// Flows are numbered from 0 on, in the order in which programs began to write them. Times are almost in that order:
/// processors that write at once may be some microseconds apart.
public final class FlowStore implements AutoCloseable {

    /// Flows that are written at a time: one by one, the accesses to memory that others see cost more than all else.
    private static final int GATHERED = 64;

    private static final long FOLLOWED = 2_000_000_000L;

    private final EventMemory memory;
    private final int capacity;
    private final FlowTimes times;
    private final EventBlock gathered = new EventBlock(GATHERED);
    private int count;
    private long gatheredLatest = Long.MIN_VALUE;
    /// Of the first flow that is gathered or comes next.
    private int place;
    /// From there to the end of the block of places, and of the memory.
    private int room;
    private final Object arrival = new Object();
    private volatile int waiting;
    private volatile long followed = System.nanoTime() - FOLLOWED;
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final LongAdder missed = new LongAdder();

    /// @param capacity flows that are kept
    public FlowStore(int capacity) {
        this.memory = new EventMemory(capacity);
        this.capacity = capacity;
        this.times = new FlowTimes(capacity);
        this.room = Math.min(GATHERED, capacity);
    }

    /// Adds a flow, which is seen from the next [#publish] on, or sooner.
    public void add(RawEvent flow) {
        gatheredLatest = Math.max(gatheredLatest, flow.time());
        gathered.set(count++, flow);
        if (count == room) {
            write();
        }
    }

    /// The same; it is seen at once.
    public void add(Event flow) {
        write();
        long number = claim(1, flow.time());
        memory.set(place, flow);
        wrote(number, 1);
    }

    /// Writes what was gathered.
    private void write() {
        if (count > 0) {
            long number = claim(count, gatheredLatest);
            memory.set(place, gathered, count);
            wrote(number, count);
            count = 0;
        }
    }

    /// Readers see that places are being written before they can see that they were.
    private long claim(int flows, long time) {
        long number = claimed.getPlain();
        times.note(number, number + flows, time);
        claimed.setOpaque(number + flows);
        VarHandle.storeStoreFence();
        return number;
    }

    private void wrote(long number, int flows) {
        written.setRelease(number + flows);
        place = place + flows == capacity ? 0 : place + flows;
        room = Math.min(GATHERED - (place & (GATHERED - 1)), capacity - place);
    }

    /// Shows all that were added, and wakes who waits for them. The thread that adds calls this.
    public void publish() {
        write();
        // Either this sees who waits, or who waits sees what was written.
        VarHandle.fullFence();
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

    /// How many can be seen so far: the number of the next one.
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
        return times.since(time, oldest(), written());
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
