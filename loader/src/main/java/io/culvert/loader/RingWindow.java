// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Some records of a ring that follow each other, on the heap. Copied together, a record costs a fraction of what an
/// access to foreign memory costs in a process whose code C1 compiles, as the agent's.
///
/// A record is a header of eight bytes, of which the first four are its length and two flags, then its data, padded to
/// eight bytes. Programs finish records in any order, and a copy is in none: it may have the header of a record that is
/// complete and the data of before. So all is copied twice. The headers of the first copy tell which records are
/// complete; what the second has of those was read after their flags, and so after their data was written. A header
/// that is torn looks complete no sooner: its flags are in one byte, its length never changes, and both were written
/// before the position up to which this copies.
final class RingWindow {

    static final int DISCARDED = 1 << 30;

    /// Words of the window: twice of that, and what is written of it, fit into the fastest cache.
    private static final int WORDS = 1 << 10;

    private final MemorySegment ring;
    private final long size;
    private long[] words = new long[WORDS];
    private long position;

    /// @param ring once, its size a power of two
    RingWindow(MemorySegment ring) {
        this.ring = ring;
        this.size = ring.byteSize();
    }

    /// Copies records from a position on, up to the first one that is not complete.
    ///
    /// @param from was taken before
    /// @param end up to which space was reserved, by an acquiring access
    /// @return words that were copied; 0: the first record is being written
    int load(long from, long end) {
        position = from;
        int reserved = (int) (Math.min(end - from, size) / Long.BYTES);
        int complete = complete(reserved);
        if (complete > words.length) {
            words = new long[complete];
            complete = complete(reserved);
        }
        VarHandle.acquireFence();
        copy(complete);
        return complete;
    }

    /// @return words of records that are complete; of the first one if it alone is larger than the window
    private int complete(int reserved) {
        int copied = Math.min(reserved, words.length);
        copy(copied);
        int at = 0;
        while (at < copied && !isBusy(at)) {
            int next = next(at, length(at, reserved));
            if (next > copied) {
                return at == 0 ? next : at;
            }
            at = next;
        }
        return at;
    }

    private void copy(int count) {
        long at = position & (size - 1);
        int first = (int) Math.min(count, (size - at) / Long.BYTES);
        MemorySegment.copy(ring, JAVA_LONG, at, words, 0, first);
        if (first < count) {
            MemorySegment.copy(ring, JAVA_LONG, 0, words, first, count - first);
        }
    }

    /// The words, until the next load.
    long[] words() {
        return words;
    }

    /// The busy flag is the sign.
    private boolean isBusy(int at) {
        return (int) words[at] < 0;
    }

    boolean isDiscarded(int at) {
        return ((int) words[at] & DISCARDED) != 0;
    }

    /// Where the record is behind one of that length.
    static int next(int at, int length) {
        return at + 1 + (length + Long.BYTES - 1) / Long.BYTES;
    }

    /// Bytes of the data of a record.
    ///
    /// @param at its header
    /// @param limit in words, up to which it may be
    int length(int at, int limit) {
        int length = (int) words[at] & ~DISCARDED;
        if (length < 0 || length > (limit - at - 1) * (long) Long.BYTES) {
            throw new IllegalStateException("read ring buffer: a record of %d bytes at %d, though the ring ends at %d; "
                            .formatted(length, position + at * (long) Long.BYTES, position + limit * (long) Long.BYTES)
                    + "another process wrote to its consumer position: restart the agent");
        }
        return length;
    }
}
