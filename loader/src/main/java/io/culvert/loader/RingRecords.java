// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The protocol between the kernel and the one reader of a ring buffer (kernel: Documentation/bpf/ringbuf.rst), over
/// memory that somebody else mapped.
///
/// A record is a header of eight bytes, of which the first four are its length and two flags, then its data, padded to
/// eight bytes. Both positions count bytes since the ring was made and never wrap. The kernel offers the data twice in
/// a row, so that a record that crosses the end is contiguous; mapped once, and such a record copied, it counts as half
/// the memory of whoever reads.
final class RingRecords {

    private static final int HEADER = 8;
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;
    /// Programs read the position of the reader whenever they reserve: the fewer it writes, the less they wait for
    /// that.
    private static final long RELEASED_AT_ONCE = 1 << 14;
    private static final VarHandle POSITION = JAVA_LONG.varHandle();
    private static final VarHandle LENGTH = JAVA_INT.varHandle();

    private final MemorySegment consumer;
    private final MemorySegment producer;
    private final MemorySegment data;
    private final long size;
    /// For a record that crosses the end.
    private MemorySegment joined = MemorySegment.NULL;
    private volatile RingBufferReader.Counts counts = new RingBufferReader.Counts(0, 0, 0);

    /// @param consumer begins with the position up to which records were taken; written here only
    /// @param producer begins with the position up to which space was reserved; written by the kernel only
    /// @param data the ring once
    RingRecords(MemorySegment consumer, MemorySegment producer, MemorySegment data) {
        this.consumer = consumer;
        this.producer = producer;
        this.data = data;
        this.size = data.byteSize();
    }

    /// Takes the records that are complete, but none that was begun after this call, so that it ends however fast the
    /// kernel writes. A record that a program has reserved but not submitted holds up those behind it.
    ///
    /// A record counts as taken even if `taker` throws on it.
    ///
    /// @return records given to `taker`
    int take(Consumer<MemorySegment> taker, BooleanSupplier stop) {
        long position = (long) POSITION.get(consumer, 0L);
        long released = position;
        long end = (long) POSITION.getAcquire(producer, 0L);
        int taken = 0;
        int discarded = 0;
        long bytes = 0;
        try {
            while (position < end && !stop.getAsBoolean()) {
                long at = position & (size - 1);
                // Acquire: the data was written before the kernel cleared the busy flag.
                int header = (int) LENGTH.getAcquire(data, at);
                if ((header & BUSY) != 0) {
                    break;
                }
                int length = checked(header & ~DISCARDED, position, end);
                position += (length + 2L * HEADER - 1) & -HEADER;
                if ((header & DISCARDED) != 0) {
                    discarded++;
                    continue;
                }
                taken++;
                bytes += length;
                taker.accept(record((at + HEADER) & (size - 1), length));
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

    private MemorySegment record(long at, int length) {
        long first = size - at;
        if (length <= first) {
            return data.asSlice(at, length);
        }
        if (joined.byteSize() < length) {
            joined = Arena.ofAuto().allocate(length, HEADER);
        }
        MemorySegment.copy(data, at, joined, 0, first);
        MemorySegment.copy(data, 0, joined, first, length - first);
        return joined.asSlice(0, length);
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

    private int checked(int length, long position, long end) {
        if (length < 0 || length > end - position - HEADER) {
            throw new IllegalStateException("read ring buffer: a record of %d bytes at %d, though the ring ends at %d; "
                            .formatted(length, position, end)
                    + "another process wrote to its consumer position: restart the agent");
        }
        return length;
    }
}
