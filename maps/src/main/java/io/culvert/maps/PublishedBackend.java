// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// The value of `backends`.
///
/// @param id the id of the backend that is published here; an id whose index is 0 stands for none, see [BackendIds]
public record PublishedBackend(int id) {

    static final StructLayout LAYOUT = CTypes.struct("published_backend", CTypes.U32.withName("id"));

    /// `struct published_backend`. Plain loads and stores: [BackendIds] gives the word its memory order.
    public static final Codec<PublishedBackend> CODEC = new PublishedBackendCodec();

    /// For example `id 17/2`, or `vacant, next reuse count 3`.
    @Override
    public String toString() {
        return BackendIds.index(id) == 0
                ? "vacant, next reuse count " + BackendIds.reuseCount(id)
                : "id " + BackendIds.text(id);
    }

    private static final class PublishedBackendCodec implements Codec<PublishedBackend> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PublishedBackend read(MemorySegment memory, long offset) {
            return new PublishedBackend(memory.get(CTypes.U32, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, PublishedBackend backend) {
            memory.set(CTypes.U32, offset, backend.id);
        }
    }
}
