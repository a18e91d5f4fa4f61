// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import java.util.BitSet;

/// Where the last flows are that somebody wants, so that who has looked for their beginning from the newest back
/// need not look at all flows again on the way there. A bit for some flows together: 2 KiB for a million, however
/// many are wanted.
public final class LastFlows {

    private static final int TOGETHER = 64;

    private final long end;
    private final BitSet wanted = new BitSet();
    private long begin;

    /// @param end no flow of this number or a later one counts
    LastFlows(long end) {
        this.end = end;
        begin = end;
    }

    /// All from one on: nothing is known of any.
    public static LastFlows allFrom(long number) {
        return new LastFlows(number);
    }

    void want(long number) {
        wanted.set(group(number));
    }

    void begin(long number) {
        begin = number;
    }

    /// The number of the first of them; if there are fewer than were asked for, one before all of them.
    public long begin() {
        return begin;
    }

    /// The number of the next flow that may be wanted: this one or a later one. Of flows that came after the look
    /// nothing is known.
    public long next(long number) {
        if (number >= end) {
            return number;
        }
        int group = wanted.previousSetBit(group(number));
        return group < 0 ? end : Math.max(number, end - (group + 1L) * TOGETHER);
    }

    /// The newest ones are group 0.
    private int group(long number) {
        return (int) ((end - 1 - number) / TOGETHER);
    }
}
