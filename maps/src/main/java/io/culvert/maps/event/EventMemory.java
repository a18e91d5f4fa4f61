// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Room for a number of events outside of the heap. It is taken from the system piece by piece, when the first event of
/// a
/// piece is written.
///
/// One thread writes. Others may read what was written, and see a mixture of two events where it is just being
/// overwritten:
/// whoever uses this finds out and throws that away.
public final class EventMemory implements AutoCloseable {

    /// 2 MiB.
    private static final int PIECE_BITS = 14;

    private static final int PIECE = 1 << PIECE_BITS;

    private final Arena arena = Arena.ofShared();
    private final RawEvent target = new RawEvent();
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
        aim(place).copyFrom(event);
    }

    /// Writes an event into a place.
    public void set(int place, Event event) {
        aim(place).write(event);
    }

    private RawEvent aim(int place) {
        Objects.checkIndex(place, capacity);
        int number = place >> PIECE_BITS;
        MemorySegment piece = pieces[number];
        if (piece == null) {
            int events = Math.min(PIECE, capacity - (number << PIECE_BITS));
            piece = arena.allocate(events * EventLayout.SIZE, Long.BYTES);
            pieces[number] = piece;
        }
        return target.at(piece, (place & (PIECE - 1)) * EventLayout.SIZE);
    }

    /// Aims `event` at a place that was written.
    public void get(int place, RawEvent event) {
        MemorySegment piece = Objects.requireNonNull(pieces[place >> PIECE_BITS], "never written");
        event.at(piece, (place & (PIECE - 1)) * EventLayout.SIZE);
    }

    /// Nobody may read or write any more.
    @Override
    public void close() {
        arena.close();
    }
}
