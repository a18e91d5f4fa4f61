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
/// @param side0 its sets while side 0 holds
/// @param side1 its sets while side 1 holds
/// @param number of the pod, the same in all its entries, never 0
/// @param flags [#AUDIT]
public record Endpoint(EndpointSets side0, EndpointSets side1, int number, int flags) {

    /// `ENDPOINT_AUDIT`: what would be dropped is counted, and passes.
    public static final int AUDIT = 1;

    static final StructLayout LAYOUT = CTypes.struct(
            "endpoint",
            MemoryLayout.sequenceLayout(2, EndpointSets.LAYOUT).withName("sets"),
            CTypes.U32.withName("number"),
            CTypes.U32.withName("flags"));

    /// `struct endpoint`
    public static final Codec<Endpoint> CODEC = new EndpointCodec();

    /// The sets on a side, 0 or 1.
    public EndpointSets sets(int side) {
        return side == 0 ? side0 : side1;
    }

    /// The same with other sets on a side, 0 or 1.
    public Endpoint with(int side, EndpointSets sets) {
        return side == 0 ? new Endpoint(sets, side1, number, flags) : new Endpoint(side0, sets, number, flags);
    }

    /// For example `pod 4, sets in 3 out 0 | in 3 out 0`, by side.
    @Override
    public String toString() {
        return "pod " + number + ", sets " + side0 + " | " + side1 + ((flags & AUDIT) != 0 ? ", audit" : "");
    }

    private static final class EndpointCodec implements Codec<Endpoint> {

        private static final VarHandle NUMBER = CTypes.member(LAYOUT, "number");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");
        private static final long OTHER_SIDE = EndpointSets.LAYOUT.byteSize();

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Endpoint read(MemorySegment memory, long offset) {
            return new Endpoint(
                    EndpointSets.read(memory, offset),
                    EndpointSets.read(memory, offset + OTHER_SIDE),
                    (int) NUMBER.get(memory, offset),
                    (int) FLAGS.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, Endpoint endpoint) {
            endpoint.side0.write(memory, offset);
            endpoint.side1.write(memory, offset + OTHER_SIDE);
            NUMBER.set(memory, offset, endpoint.number);
            FLAGS.set(memory, offset, endpoint.flags);
        }
    }
}
