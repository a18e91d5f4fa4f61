// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import java.util.concurrent.atomic.AtomicLongArray;

/// When the flows of a [FlowStore] were, roughly: by block of 1,024 flows, counted round, a time that none in it and in
/// all blocks before is later than.
final class FlowTimes {

    private static final int BLOCK_BITS = 10;
    private static final int BLOCK = 1 << BLOCK_BITS;

    private final AtomicLongArray latest;
    private long latestTime = Long.MIN_VALUE;

    /// @param capacity flows that are kept
    FlowTimes(int capacity) {
        latest = new AtomicLongArray((capacity >> BLOCK_BITS) + 2);
    }

    /// Notes flows that come next.
    ///
    /// @param number of the first of them
    /// @param end behind the last of them
    /// @param time the latest of them
    void note(long number, long end, long time) {
        latestTime = Math.max(latestTime, time);
        for (long block = number >> BLOCK_BITS; block << BLOCK_BITS < end; block++) {
            latest.setOpaque(place(block), latestTime);
        }
    }

    /// The number of a flow before which none is as late as that.
    ///
    /// @param from the number of the oldest flow
    /// @param end behind the newest
    long since(long time, long from, long end) {
        long low = from >> BLOCK_BITS;
        long high = (end + BLOCK - 1) >> BLOCK_BITS;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (latest.getOpaque(place(middle)) < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Math.max(from, Math.min(low << BLOCK_BITS, end));
    }

    private int place(long block) {
        return (int) (block % latest.length());
    }
}
