// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// Connections that are open to a backend: the value of `backend_loads`.
///
/// @param flows in the flow table
/// @param sockets translated sockets that are connected
public record BackendLoad(Count flows, Count sockets) {

    /// A number that counts for one backend only.
    ///
    /// @param id of the backend; 0: none
    /// @param open below 0 for a moment where an end overtakes the beginning
    public record Count(int id, int open) {

        /// How many are open to a backend.
        public int of(int backendId) {
            return id == backendId ? Math.max(0, open) : 0;
        }
    }

    private static final StructLayout COUNT =
            CTypes.struct("load_count", CTypes.U32.withName("id"), CTypes.U32.withName("open"));

    static final StructLayout LAYOUT =
            CTypes.struct("backend_load", COUNT.withName("flows"), COUNT.withName("sockets"));

    static final long FLOWS = LAYOUT.byteOffset(groupElement("flows"));
    static final long SOCKETS = LAYOUT.byteOffset(groupElement("sockets"));
    static final long OPEN = COUNT.byteOffset(groupElement("open"));

    /// `struct backend_load`
    public static final Codec<BackendLoad> CODEC = new BackendLoadCodec();

    /// How many connections are open to a backend in all.
    public int open(int backendId) {
        return flows.of(backendId) + sockets.of(backendId);
    }

    /// For example `3/0: 7 flows, 12 sockets`.
    @Override
    public String toString() {
        return BackendIds.text(flows.id == 0 ? sockets.id : flows.id) + ": " + flows.open + " flows, " + sockets.open
                + " sockets";
    }

    private static final class BackendLoadCodec implements Codec<BackendLoad> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public BackendLoad read(MemorySegment memory, long offset) {
            return new BackendLoad(readCount(memory, offset + FLOWS), readCount(memory, offset + SOCKETS));
        }

        private static Count readCount(MemorySegment memory, long offset) {
            return new Count(memory.get(CTypes.U32, offset), memory.get(CTypes.U32, offset + OPEN));
        }

        @Override
        public void write(MemorySegment memory, long offset, BackendLoad load) {
            writeCount(memory, offset + FLOWS, load.flows);
            writeCount(memory, offset + SOCKETS, load.sockets);
        }

        private static void writeCount(MemorySegment memory, long offset, Count count) {
            memory.set(CTypes.U32, offset, count.id);
            memory.set(CTypes.U32, offset + OPEN, count.open);
        }
    }
}
