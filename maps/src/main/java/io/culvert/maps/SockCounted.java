// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// The backend whose count a socket is in: the value of `sock_counted`.
///
/// @param backendId 0: none
public record SockCounted(int backendId) {

    static final StructLayout LAYOUT = CTypes.struct("sock_counted", CTypes.U32.withName("backend_id"));

    /// `struct sock_counted`
    public static final Codec<SockCounted> CODEC = new SockCountedCodec();

    private static final class SockCountedCodec implements Codec<SockCounted> {

        private static final VarHandle BACKEND_ID = CTypes.member(LAYOUT, "backend_id");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public SockCounted read(MemorySegment memory, long offset) {
            return new SockCounted((int) BACKEND_ID.get(memory, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, SockCounted counted) {
            BACKEND_ID.set(memory, offset, counted.backendId);
        }
    }
}
