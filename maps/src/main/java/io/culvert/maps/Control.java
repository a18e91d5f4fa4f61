// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// The one record of `control`.
///
/// @param layoutVersion of the maps beside it
/// @param optedOut number of entries in `opted_out`
public record Control(int layoutVersion, int optedOut) {

    /// `LAYOUT_VERSION`: the layout that this agent reads and writes.
    public static final int LAYOUT_VERSION = 1;

    static final StructLayout LAYOUT =
            CTypes.struct("control", CTypes.U32.withName("layout_version"), CTypes.U32.withName("opted_out"));

    /// `struct control`
    public static final Codec<Control> CODEC = new ControlCodec();

    /// For example `layout 1, 2 cgroups opted out`.
    @Override
    public String toString() {
        return "layout " + layoutVersion + ", " + optedOut + " cgroups opted out";
    }

    private static final class ControlCodec implements Codec<Control> {

        private static final VarHandle LAYOUT_VERSION = CTypes.member(LAYOUT, "layout_version");
        private static final VarHandle OPTED_OUT = CTypes.member(LAYOUT, "opted_out");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Control read(MemorySegment memory, long offset) {
            return new Control((int) LAYOUT_VERSION.get(memory, offset), (int) OPTED_OUT.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, Control control) {
            LAYOUT_VERSION.set(memory, offset, control.layoutVersion);
            OPTED_OUT.set(memory, offset, control.optedOut);
        }
    }
}
