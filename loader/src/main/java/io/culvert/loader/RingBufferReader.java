// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.MappedMemory;
import io.culvert.loader.internal.SystemCalls;
import io.culvert.loader.internal.Wakeup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/// Reads the records of a `BPF_MAP_TYPE_RINGBUF` map through memory that is shared with the kernel: without a system
/// call, and many records at a time. A ring buffer has one reader.
///
/// Records come in the order in which programs reserved them.
public final class RingBufferReader implements AutoCloseable {

    private final int fd;
    private final Arena arena;
    private final RingRecords records;
    private final Wakeup wakeup;
    /// Held while the ring is waited for or read, so that it is not unmapped under a reader.
    private final ReentrantLock reading = new ReentrantLock();
    private volatile boolean closed;
    private boolean released;

    private RingBufferReader(int fd, Arena arena, RingRecords records, Wakeup wakeup) {
        this.fd = fd;
        this.arena = arena;
        this.records = records;
        this.wakeup = wakeup;
    }

    /// What was read since the reader was opened.
    ///
    /// @param records given to a consumer
    /// @param discarded reserved by a program that then discarded them
    /// @param bytes data of `records`, without headers and padding
    public record Counts(long records, long discarded, long bytes) {

        Counts plus(long moreRecords, long moreDiscarded, long moreBytes) {
            return moreRecords + moreDiscarded == 0
                    ? this
                    : new Counts(records + moreRecords, discarded + moreDiscarded, bytes + moreBytes);
        }
    }

    /// Begins to read where the last reader of this map stopped.
    ///
    /// @param mapFd stays the caller's, who may close it
    /// @param maxEntries of the map: the bytes of the ring, a power of two and a multiple of the page size
    /// @throws IllegalStateException if it cannot be mapped, as a map of another type or size cannot
    public static RingBufferReader open(int mapFd, int maxEntries) {
        int fd = SystemCalls.duplicate(mapFd);
        if (fd < 0) {
            throw new IllegalStateException("open ring buffer: " + Errno.of(-fd));
        }
        Arena arena = Arena.ofShared();
        try {
            int page = MappedMemory.pageSize();
            requireSize(fd, page, maxEntries);
            MemorySegment consumer = MappedMemory.map(fd, 0, page, true, arena);
            MemorySegment producer = MappedMemory.map(fd, page, (long) page + maxEntries, false, arena);
            var records = new RingRecords(consumer, producer.asSlice(0, page), producer.asSlice(page));
            return new RingBufferReader(fd, arena, records, new Wakeup());
        } catch (IllegalStateException e) {
            arena.close();
            SystemCalls.close(fd);
            throw new IllegalStateException(
                    "open ring buffer: " + e.getMessage() + "; is it a ring buffer of " + maxEntries + " bytes?", e);
        }
    }

    /// The kernel offers the data twice in a row: no smaller ring can be mapped so far.
    private static void requireSize(int fd, int page, int maxEntries) {
        try (Arena arena = Arena.ofConfined()) {
            var _ = MappedMemory.map(fd, page, page + 2L * maxEntries, false, arena);
        }
    }

    /// Waits until there is a record, then gives those that are complete to `consumer`, on the calling thread.
    ///
    /// @return how many; 0 after `timeout`, after [#close], or while the next record is still being written
    public int poll(Duration timeout, RecordConsumer consumer) {
        return reading(() -> {
            int millis = Math.clamp(timeout.toMillis(), 0, Integer.MAX_VALUE);
            return wakeup.await(fd, millis) == Wakeup.Reason.READABLE ? records.take(consumer, this::isClosed) : 0;
        });
    }

    /// Waits until a program wakes the reader (`BPF_RB_FORCE_WAKEUP`), until [#close], or until `timeout` has passed,
    /// however many records there are.
    public void pause(Duration timeout) {
        int _ = reading(() -> {
            wakeup.awaitNews(fd, Math.clamp(timeout.toMillis(), 0, Integer.MAX_VALUE));
            return 0;
        });
    }

    /// As [#poll], without waiting and without a system call.
    public int consume(RecordConsumer consumer) {
        return reading(() -> records.take(consumer, this::isClosed));
    }

    /// Bytes in the ring that were not read; 0 after [#close]. Close to the size of the ring, programs lose records.
    public long backlog() {
        reading.lock();
        try {
            return released ? 0 : records.backlog();
        } finally {
            unlock();
        }
    }

    /// What was read so far; can be asked for at any time.
    public Counts counts() {
        return records.counts();
    }

    public boolean isClosed() {
        return closed;
    }

    /// Ends a [#poll] of another thread and returns when it has ended. A consumer may call it: no further record is
    /// given to it.
    @Override
    public void close() {
        closed = true;
        wakeup.wake();
        reading.lock();
        unlock();
    }

    private interface Reading {
        int read();
    }

    private int reading(Reading action) {
        reading.lock();
        try {
            return closed ? 0 : action.read();
        } finally {
            unlock();
        }
    }

    /// Whoever leaves last gives everything back.
    private void unlock() {
        if (closed && !released && reading.getHoldCount() == 1) {
            released = true;
            arena.close();
            wakeup.close();
            SystemCalls.close(fd);
        }
        reading.unlock();
    }
}
