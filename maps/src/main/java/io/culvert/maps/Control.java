// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/// The one record of `control`.
///
/// @param layoutVersion of the maps beside it
/// @param optedOut number of entries in `opted_out`
/// @param forwards `CONTROL_FORWARDS`: connections from outside to backends of other nodes begin on the fast path
/// @param ranges at most [#RANGES]
public record Control(int layoutVersion, int optedOut, boolean forwards, List<AddressRange> ranges) {

    /// `LAYOUT_VERSION`: the layout that this agent reads and writes.
    public static final int LAYOUT_VERSION = 6;

    /// The earliest layout whose records become those of this one by the names of their numbers. Raise it when a number
    /// keeps its name and changes its meaning.
    public static final int OLDEST_CONVERTIBLE_LAYOUT = 2;

    /// `CONTROL_FORWARDS`
    static final int FORWARDS = 1;

    /// `ADDRESS_RANGES`
    public static final int RANGES = 8;

    static final StructLayout LAYOUT = CTypes.struct(
            "control",
            CTypes.U32.withName("layout_version"),
            CTypes.U32.withName("opted_out"),
            CTypes.U32.withName("range_count"),
            CTypes.U32.withName("flags"),
            MemoryLayout.sequenceLayout(RANGES, AddressRange.LAYOUT).withName("ranges"));

    /// `struct control`. It is written while programs read it: ranges that stay as they are are not touched, and one
    /// that changes means nothing until it is complete.
    public static final Codec<Control> CODEC = new ControlCodec();

    public Control {
        ranges = List.copyOf(ranges);
        if (ranges.size() > RANGES) {
            throw new IllegalArgumentException(ranges.size() + " ranges; there is room for " + RANGES);
        }
    }

    /// Of the layout that this agent writes, with nothing set.
    public static final Control EMPTY = new Control(LAYOUT_VERSION, 0, false, List.of());

    public Control withLayoutVersion(int version) {
        return new Control(version, optedOut, forwards, ranges);
    }

    public Control withOptedOut(int count) {
        return new Control(layoutVersion, count, forwards, ranges);
    }

    public Control withRanges(List<AddressRange> other) {
        return new Control(layoutVersion, optedOut, forwards, other);
    }

    public Control withForwards(boolean on) {
        return new Control(layoutVersion, optedOut, on, ranges);
    }

    /// For example `layout 2, 2 cgroups opted out, ranges [10.96.0.0/12 [CLUSTER_IPS]]`.
    @Override
    public String toString() {
        return "layout " + layoutVersion + ", " + optedOut + " cgroups opted out" + (forwards ? ", forwards" : "")
                + (ranges.isEmpty() ? "" : ", ranges " + ranges);
    }

    private static final class ControlCodec implements Codec<Control> {

        private static final VarHandle VERSION = CTypes.member(LAYOUT, "layout_version");
        private static final VarHandle OPTED_OUT = CTypes.member(LAYOUT, "opted_out");
        private static final VarHandle RANGE_COUNT = CTypes.member(LAYOUT, "range_count");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");
        private static final long FIRST = LAYOUT.byteOffset(groupElement("ranges"));
        private static final long SIZE = AddressRange.LAYOUT.byteSize();

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Control read(MemorySegment memory, long offset) {
            int count = (int) RANGE_COUNT.get(memory, offset);
            if (count < 0 || count > RANGES) {
                throw new CorruptRecordException("control.range_count: " + Integer.toUnsignedString(count));
            }
            List<AddressRange> ranges = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ranges.add(AddressRange.CODEC.read(memory, offset + FIRST + i * SIZE));
            }
            return new Control(
                    (int) VERSION.get(memory, offset),
                    (int) OPTED_OUT.get(memory, offset),
                    ((int) FLAGS.get(memory, offset) & FORWARDS) != 0,
                    ranges);
        }

        @Override
        public void write(MemorySegment memory, long offset, Control control) {
            MemorySegment wanted = MemorySegment.ofArray(new long[(int) (SIZE * RANGES / Long.BYTES)]);
            for (int i = 0; i < control.ranges.size(); i++) {
                AddressRange.CODEC.write(wanted, i * SIZE, control.ranges.get(i));
            }
            for (int i = 0; i < RANGES; i++) {
                AddressRange.replace(memory.asSlice(offset + FIRST + i * SIZE, SIZE), wanted.asSlice(i * SIZE, SIZE));
            }
            RANGE_COUNT.setRelease(memory, offset, control.ranges.size());
            OPTED_OUT.set(memory, offset, control.optedOut);
            FLAGS.set(memory, offset, control.forwards ? FORWARDS : 0);
            VERSION.set(memory, offset, control.layoutVersion);
        }
    }
}
