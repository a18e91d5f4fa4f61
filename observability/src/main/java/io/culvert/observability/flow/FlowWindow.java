// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.EventBlock;
import io.culvert.maps.event.RawEvent;
import org.jspecify.annotations.Nullable;

/// Looks at flows of a store one after the other, in either direction, and copies some at a time. What was copied is
/// whole, whatever is written meanwhile. Belongs to one thread.
final class FlowWindow {

    private final FlowStore store;
    private final EventBlock block;
    private long from;
    private long kept;
    private long end;

    /// @param size flows that are copied at a time, a power of two
    FlowWindow(FlowStore store, int size) {
        this.store = store;
        this.block = new EventBlock(size);
    }

    /// A flow, until the next call; null if it is overwritten.
    ///
    /// @param number of one that was written
    @Nullable
    RawEvent at(long number) {
        if (number < from || number >= end) {
            load(number);
        }
        return number < kept ? null : block.get((int) (number - from));
    }

    /// Counts what was written before the copy: the rest of the block is of an earlier round, or being written.
    private void load(long number) {
        long written = store.written();
        from = number - (store.place(number) & (block.size() - 1));
        end = Math.min(written, from + store.copy(number, block));
        kept = store.oldestKept();
    }
}
