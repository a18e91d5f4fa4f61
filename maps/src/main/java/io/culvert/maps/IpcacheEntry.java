// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// Whose labels the pod at an address has: the value of `ipcache`.
///
/// @param side0 its identity while side 0 holds; 0: that of no pod
/// @param side1 its identity while side 1 holds
public record IpcacheEntry(int side0, int side1) {

    static final StructLayout LAYOUT = CTypes.struct(
            "ipcache_entry", MemoryLayout.sequenceLayout(2, CTypes.U32).withName("identity"));

    /// `struct ipcache_entry`
    public static final Codec<IpcacheEntry> CODEC = new IpcacheEntryCodec();

    /// The identity on a side, 0 or 1.
    public int identity(int side) {
        return side == 0 ? side0 : side1;
    }

    /// The same with another identity on a side, 0 or 1.
    public IpcacheEntry with(int side, int identity) {
        return side == 0 ? new IpcacheEntry(identity, side1) : new IpcacheEntry(side0, identity);
    }

    /// For example `identity 7 | 7`, by side.
    @Override
    public String toString() {
        return "identity " + side0 + " | " + side1;
    }

    private static final class IpcacheEntryCodec implements Codec<IpcacheEntry> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public IpcacheEntry read(MemorySegment memory, long offset) {
            return new IpcacheEntry(memory.get(CTypes.U32, offset), memory.get(CTypes.U32, offset + Integer.BYTES));
        }

        @Override
        public void write(MemorySegment memory, long offset, IpcacheEntry entry) {
            memory.set(CTypes.U32, offset, entry.side0);
            memory.set(CTypes.U32, offset + Integer.BYTES, entry.side1);
        }
    }
}
