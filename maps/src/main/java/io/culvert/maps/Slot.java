// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/// The value of `slots` as bytes: only the extent around it says whether it is a header or a backend.
///
/// @param hex 32 bytes, two digits each
public record Slot(String hex) {

    /// `union slot`
    public static final Codec<Slot> CODEC = new SlotCodec();

    @Override
    public String toString() {
        return hex;
    }

    private static final class SlotCodec implements Codec<Slot> {

        @Override
        public MemoryLayout layout() {
            return ExtentHeader.SLOT;
        }

        @Override
        public Slot read(MemorySegment memory, long offset) {
            return new Slot(
                    HexFormat.of().formatHex(memory.asSlice(offset, size()).toArray(ValueLayout.JAVA_BYTE)));
        }

        @Override
        public void write(MemorySegment memory, long offset, Slot slot) {
            MemorySegment.copy(
                    HexFormat.of().parseHex(slot.hex), 0, memory, ValueLayout.JAVA_BYTE, offset, (int) size());
        }
    }
}
