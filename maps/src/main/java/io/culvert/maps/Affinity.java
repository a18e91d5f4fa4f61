// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// The backend that a client had last: the value of `affinity`.
///
/// @param backendId see [BackendIds]
/// @param offset where in the extent it was found last; a hint
/// @param lastUsed nanoseconds of CLOCK_MONOTONIC, of the last new connection
public record Affinity(int backendId, int offset, long lastUsed) {

    static final StructLayout LAYOUT = CTypes.struct(
            "affinity",
            CTypes.U32.withName("backend_id"),
            CTypes.U32.withName("offset"),
            CTypes.U64.withName("last_used"));

    /// `struct affinity`
    public static final Codec<Affinity> CODEC = new AffinityCodec();

    /// For example `backend 17/2, used at 1234567890`.
    @Override
    public String toString() {
        return "backend " + BackendIds.text(backendId) + ", used at " + Long.toUnsignedString(lastUsed);
    }

    private static final class AffinityCodec implements Codec<Affinity> {

        private static final VarHandle BACKEND_ID = CTypes.member(LAYOUT, "backend_id");
        private static final VarHandle OFFSET = CTypes.member(LAYOUT, "offset");
        private static final VarHandle LAST_USED = CTypes.member(LAYOUT, "last_used");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Affinity read(MemorySegment memory, long offset) {
            return new Affinity((int) BACKEND_ID.get(memory, offset), (int) OFFSET.get(memory, offset), (long)
                    LAST_USED.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, Affinity affinity) {
            BACKEND_ID.set(memory, offset, affinity.backendId);
            OFFSET.set(memory, offset, affinity.offset);
            LAST_USED.set(memory, offset, affinity.lastUsed);
        }
    }
}
