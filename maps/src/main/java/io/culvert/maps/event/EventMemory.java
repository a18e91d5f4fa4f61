// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.layout.CTypes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Room for a number of events outside of the heap. It is taken from the system piece by piece, when the first event of
/// a piece is written.
///
/// One thread writes. Others may read what was written, and see a mixture of two events where it is just being
/// overwritten: whoever uses this finds out and throws that away.
public final class EventMemory implements AutoCloseable {

    /// 2 MiB.
    private static final int PIECE_BITS = 14;

    static final int PIECE = 1 << PIECE_BITS;

    private final Arena arena = Arena.ofShared();
    private final @Nullable MemorySegment[] pieces;
    private final int capacity;

    /// @param capacity events that there is room for
    public EventMemory(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("not a number of events: " + capacity);
        }
        this.capacity = capacity;
        this.pieces = new MemorySegment[((capacity - 1) >> PIECE_BITS) + 1];
    }

    public int capacity() {
        return capacity;
    }

    /// Bytes that were taken from the system.
    public long bytes() {
        long bytes = 0;
        for (MemorySegment piece : pieces) {
            bytes += piece == null ? 0 : piece.byteSize();
        }
        return bytes;
    }

    /// Copies an event into a place, from 0 on.
    public void set(int place, RawEvent event) {
        event.write(piece(place), offset(place));
    }

    /// Writes an event into a place.
    public void set(int place, Event event) {
        Event.CODEC.write(piece(place), offset(place), event);
    }

    /// Copies the first events of a block into a place and those behind it, of which the first alone may be a multiple
    /// of the block's size.
    public void set(int place, EventBlock block, int count) {
        Objects.checkFromIndexSize(place & (block.size() - 1), count, block.size());
        MemorySegment.copy(block.words, 0, piece(place), CTypes.U64, offset(place), count * RawEvent.WORDS);
    }

    private static long offset(int place) {
        return (place & (PIECE - 1)) * EventLayout.SIZE;
    }

    private MemorySegment piece(int place) {
        Objects.checkIndex(place, capacity);
        int number = place >> PIECE_BITS;
        MemorySegment piece = pieces[number];
        if (piece == null) {
            int events = Math.min(PIECE, capacity - (number << PIECE_BITS));
            piece = arena.allocate(events * EventLayout.SIZE, Long.BYTES);
            pieces[number] = piece;
        }
        return piece;
    }

    private MemorySegment written(int place) {
        return Objects.requireNonNull(pieces[place >> PIECE_BITS], "never written");
    }

    /// Copies from a place that was written.
    public void get(int place, RawEvent event) {
        var _ = event.read(written(place), offset(place));
    }

    /// Copies the block with a place that was written: the first of its places is a multiple of its size. Those that
    /// were not written are anything.
    ///
    /// @return how many places it has: fewer than its size at the end of the memory
    public int get(int place, EventBlock block) {
        int from = place & -block.size();
        int count = Math.min(block.size(), capacity - from);
        MemorySegment.copy(written(place), CTypes.U64, offset(from), block.words, 0, count * RawEvent.WORDS);
        return count;
    }

    /// Nobody may read or write any more.
    @Override
    public void close() {
        arena.close();
    }
}
