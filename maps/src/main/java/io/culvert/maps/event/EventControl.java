// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What programs tell: the value of `event_control`.
///
/// @param level number of an [EventLevel]
/// @param wakeup bytes that wait in the ring when the reader is woken; 0: it never is
public record EventControl(int level, int wakeup) {

    static final StructLayout LAYOUT =
            CTypes.struct("event_control", CTypes.U32.withName("level"), CTypes.U32.withName("wakeup"));

    static final VarHandle LEVEL = CTypes.member(LAYOUT, "level");
    static final VarHandle WAKEUP = CTypes.member(LAYOUT, "wakeup");

    /// `struct event_control`
    public static final Codec<EventControl> CODEC = new EventControlCodec();

    /// For example `level 2, wakeup at 2097152 bytes`.
    @Override
    public String toString() {
        return "level " + level + ", wakeup at " + wakeup + " bytes";
    }

    private static final class EventControlCodec implements Codec<EventControl> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public EventControl read(MemorySegment memory, long offset) {
            return new EventControl((int) LEVEL.get(memory, offset), (int) WAKEUP.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, EventControl control) {
            WAKEUP.set(memory, offset, control.wakeup);
            LEVEL.set(memory, offset, control.level);
        }
    }
}
