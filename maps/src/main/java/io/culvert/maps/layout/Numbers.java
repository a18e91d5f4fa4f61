// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Codecs for keys and values that are one number of the host's order.
public final class Numbers {

    /// `__u32`, as the index of an array or an unsigned value.
    public static final Codec<Integer> U32 = new Word(CTypes.U32);

    /// `int`
    public static final Codec<Integer> INT = new Word(CTypes.U32.withName("int"));

    /// `__u64`, as a count.
    public static final Codec<Long> U64 = new Codec<>() {
        @Override
        public MemoryLayout layout() {
            return CTypes.U64;
        }

        @Override
        public Long read(MemorySegment memory, long offset) {
            return memory.get(CTypes.U64, offset);
        }

        @Override
        public void write(MemorySegment memory, long offset, Long value) {
            memory.set(CTypes.U64, offset, value);
        }
    };

    /// `__u8`, 0 to 255.
    public static final Codec<Integer> U8 = new Codec<>() {
        @Override
        public MemoryLayout layout() {
            return CTypes.U8;
        }

        @Override
        public Integer read(MemorySegment memory, long offset) {
            return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, Integer value) {
            memory.set(ValueLayout.JAVA_BYTE, offset, value.byteValue());
        }
    };

    private Numbers() {}

    private record Word(ValueLayout.OfInt layout) implements Codec<Integer> {

        @Override
        public Integer read(MemorySegment memory, long offset) {
            return memory.get(layout, offset);
        }

        @Override
        public void write(MemorySegment memory, long offset, Integer value) {
            memory.set(layout, offset, value);
        }
    }
}
