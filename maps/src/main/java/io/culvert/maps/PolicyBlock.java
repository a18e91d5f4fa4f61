// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// Which class a block of IPv4 addresses belongs to: the value of `policy_blocks`. Entry i below [#BLOCKS] is of all
/// addresses whose first 16 bits are i; a word that is no class says where the entries for the next 8 bits are.
///
/// @param side0 the word that holds while side 0 does
/// @param side1 the same of side 1
public record PolicyBlock(int side0, int side1) {

    /// `POLICY_BLOCKS`
    public static final int BLOCKS = 65536;

    /// `POLICY_BLOCK_ENTRIES`: for the values of 8 bits.
    public static final int ENTRIES = 256;

    /// `POLICY_BLOCK_CLASS`: a word with this bit is a class, 0 for none, in the bits below. Without it, it is the
    /// index of the first of [#ENTRIES] entries; 0: `policy_cidrs` is to be asked.
    public static final int CLASS = 1 << 31;

    /// What an entry is that nobody wrote.
    static final PolicyBlock UNKNOWN = new PolicyBlock(0, 0);

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_block", MemoryLayout.sequenceLayout(2, CTypes.U32).withName("word"));

    /// `struct policy_block`
    public static final Codec<PolicyBlock> CODEC = new PolicyBlockCodec();

    /// The word of a side, 0 or 1.
    public int word(int side) {
        return side == 0 ? side0 : side1;
    }

    /// For example `class 3 | entries 65792`, by side.
    @Override
    public String toString() {
        return text(side0) + " | " + text(side1);
    }

    private static String text(int word) {
        if (word == 0) {
            return "unknown";
        }
        return (word & CLASS) == 0 ? "entries " + word : "class " + (word & ~CLASS);
    }

    private static final class PolicyBlockCodec implements Codec<PolicyBlock> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyBlock read(MemorySegment memory, long offset) {
            return new PolicyBlock(memory.get(CTypes.U32, offset), memory.get(CTypes.U32, offset + Integer.BYTES));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyBlock entry) {
            memory.set(CTypes.U32, offset, entry.side0);
            memory.set(CTypes.U32, offset + Integer.BYTES, entry.side1);
        }
    }
}
