// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/// The protocol between the kernel and the one reader of a ring buffer (kernel: Documentation/bpf/ringbuf.rst), over
/// memory that somebody else mapped.
///
/// Both positions count bytes since the ring was made and never wrap. The kernel offers the data twice in a row, so
/// that a record that crosses the end is contiguous; mapped once, and copied as all of it is (see [RingWindow]), it
/// counts as half the memory of whoever reads.
final class RingRecords {

    /// Programs read the position of the reader whenever they reserve: the fewer it writes, the less they wait for
    /// that.
    private static final long RELEASED_AT_ONCE = 1 << 14;

    private static final VarHandle POSITION = JAVA_LONG.varHandle();

    private final MemorySegment consumer;
    private final MemorySegment producer;
    private final RingWindow window;
    private volatile RingBufferReader.Counts counts = new RingBufferReader.Counts(0, 0, 0);

    /// @param consumer begins with the position up to which records were taken; written here only
    /// @param producer begins with the position up to which space was reserved; written by the kernel only
    /// @param data the ring once
    RingRecords(MemorySegment consumer, MemorySegment producer, MemorySegment data) {
        this.consumer = consumer;
        this.producer = producer;
        this.window = new RingWindow(data);
    }

    /// Takes the records that are complete, but none that was begun after this call, so that it ends however fast the
    /// kernel writes. A record that a program has reserved but not submitted holds up those behind it.
    ///
    /// A record counts as taken even if `taker` throws on it.
    ///
    /// @return records given to `taker`
    int take(RecordConsumer taker, BooleanSupplier stop) {
        long position = (long) POSITION.get(consumer, 0L);
        long released = position;
        long end = (long) POSITION.getAcquire(producer, 0L);
        int taken = 0;
        int discarded = 0;
        long bytes = 0;
        int loaded = 0;
        int next = 0;
        try {
            while (position < end && !stop.getAsBoolean()) {
                if (next == loaded) {
                    next = 0;
                    loaded = window.load(position, end);
                    if (loaded == 0) {
                        break;
                    }
                }
                int at = next;
                int length = window.length(at, loaded);
                next = RingWindow.next(at, length);
                position += (next - at) * (long) Long.BYTES;
                if (window.isDiscarded(at)) {
                    discarded++;
                    continue;
                }
                taken++;
                bytes += length;
                taker.accept(window.words(), at + 1, length);
                if (position - released >= RELEASED_AT_ONCE) {
                    release(position);
                    released = position;
                }
            }
        } finally {
            release(position);
            counts = counts.plus(taken, discarded, bytes);
        }
        return taken;
    }

    /// Bytes that the kernel has reserved and that were not taken.
    long backlog() {
        return (long) POSITION.getAcquire(producer, 0L) - (long) POSITION.getAcquire(consumer, 0L);
    }

    RingBufferReader.Counts counts() {
        return counts;
    }

    /// Gives the space back to the kernel, after the last access to it.
    private void release(long position) {
        POSITION.setRelease(consumer, 0L, position);
    }
}
