// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What has no handshake and was told of a moment ago: the value of `event_recent`.
///
/// @param tag number made of its ends
/// @param moment when, in units of 2^32 nanoseconds of CLOCK_MONOTONIC, plus 1; 0: unused
public record EventRecent(int tag, int moment) {

    static final StructLayout LAYOUT =
            CTypes.struct("event_recent", CTypes.U32.withName("tag"), CTypes.U32.withName("moment"));

    /// `EVENT_RECENT_BITS`: a processor has 2 to the power of this.
    public static final int BITS = 10;

    /// `EVENT_RECENT_SHIFT`: nanoseconds become moments by this shift to the right.
    public static final int SHIFT = 32;

    /// `struct event_recent`
    public static final Codec<EventRecent> CODEC = new EventRecentCodec();

    private static final class EventRecentCodec implements Codec<EventRecent> {

        private static final VarHandle TAG = CTypes.member(LAYOUT, "tag");
        private static final VarHandle MOMENT = CTypes.member(LAYOUT, "moment");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public EventRecent read(MemorySegment memory, long offset) {
            return new EventRecent((int) TAG.get(memory, offset), (int) MOMENT.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, EventRecent recent) {
            TAG.set(memory, offset, recent.tag);
            MOMENT.set(memory, offset, recent.moment);
        }
    }
}
