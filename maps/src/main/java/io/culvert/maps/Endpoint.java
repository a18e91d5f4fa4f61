// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// A pod of this node: the value of `endpoints`.
///
/// @param side0 while side 0 holds
/// @param side1 while side 1 holds
/// @param flags [#AUDIT]
public record Endpoint(EndpointSide side0, EndpointSide side1, int flags) {

    /// `ENDPOINT_AUDIT`: what would be dropped is counted, and passes.
    public static final int AUDIT = 1;

    static final StructLayout LAYOUT = CTypes.struct(
            "endpoint",
            MemoryLayout.sequenceLayout(2, EndpointSets.LAYOUT).withName("sets"),
            MemoryLayout.sequenceLayout(2, CTypes.U16).withName("number"),
            CTypes.U32.withName("flags"));

    /// `struct endpoint`
    public static final Codec<Endpoint> CODEC = new EndpointCodec();

    /// The same on both sides.
    public static Endpoint of(int number, EndpointSets sets, int flags) {
        EndpointSide side = new EndpointSide(number, sets);
        return new Endpoint(side, side, flags);
    }

    /// What holds on a side, 0 or 1.
    public EndpointSide side(int side) {
        return side == 0 ? side0 : side1;
    }

    /// The pod's number on a side, 0 or 1.
    public int number(int side) {
        return side(side).number();
    }

    /// The sets on a side, 0 or 1.
    public EndpointSets sets(int side) {
        return side(side).sets();
    }

    /// The same with something else on a side, 0 or 1.
    public Endpoint with(int side, EndpointSide holds) {
        return side == 0 ? new Endpoint(holds, side1, flags) : new Endpoint(side0, holds, flags);
    }

    /// For example `pod 4 in 3 out 0 | pod 4 in 3 out 0`, by side.
    @Override
    public String toString() {
        return side0 + " | " + side1 + ((flags & AUDIT) != 0 ? ", audit" : "");
    }

    private static final class EndpointCodec implements Codec<Endpoint> {

        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");
        private static final long SETS = EndpointSets.LAYOUT.byteSize();
        private static final long NUMBERS = CTypes.offset(LAYOUT, "number");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Endpoint read(MemorySegment memory, long offset) {
            return new Endpoint(side(memory, offset, 0), side(memory, offset, 1), (int) FLAGS.get(memory, offset));
        }

        private static EndpointSide side(MemorySegment memory, long offset, int side) {
            short number = memory.get(CTypes.U16, number(offset, side));
            return new EndpointSide(Short.toUnsignedInt(number), EndpointSets.read(memory, offset + side * SETS));
        }

        private static long number(long offset, long side) {
            return offset + NUMBERS + side * CTypes.U16.byteSize();
        }

        @Override
        public void write(MemorySegment memory, long offset, Endpoint endpoint) {
            for (int side = 0; side < 2; side++) {
                endpoint.sets(side).write(memory, offset + side * SETS);
                memory.set(CTypes.U16, number(offset, side), (short) endpoint.number(side));
            }
            FLAGS.set(memory, offset, endpoint.flags);
        }
    }
}
