// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import java.util.Objects;

/// Neighbouring events of an [EventMemory], copied at once, which takes a fraction of the time of a copy each.
public final class EventBlock {

    final long[] words;
    private final int size;
    private final RawEvent event;

    /// @param size events that there is room for, a power of two up to 16,384
    public EventBlock(int size) {
        if (Integer.bitCount(size) != 1 || size > EventMemory.PIECE) {
            throw new IllegalArgumentException("not a size of a block: " + size);
        }
        this.size = size;
        this.words = new long[size * RawEvent.WORDS];
        this.event = new RawEvent(words);
    }

    public int size() {
        return size;
    }

    /// One that was copied; until the next call.
    public RawEvent get(int index) {
        return event.at(Objects.checkIndex(index, size));
    }

    /// Copies an event into the block.
    public void set(int index, RawEvent copied) {
        copied.write(words, Objects.checkIndex(index, size) * RawEvent.WORDS);
    }
}
