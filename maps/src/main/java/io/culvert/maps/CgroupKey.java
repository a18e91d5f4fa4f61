// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// A cgroup whose sockets are left to the packet path: the key of `opted_out`.
///
/// @param id inode number of the cgroup directory
public record CgroupKey(long id) {

    static final StructLayout LAYOUT = CTypes.struct("cgroup_key", CTypes.U64.withName("id"));

    /// `struct cgroup_key`
    public static final Codec<CgroupKey> CODEC = new CgroupKeyCodec();

    /// For example `cgroup 4242`.
    @Override
    public String toString() {
        return "cgroup " + Long.toUnsignedString(id);
    }

    private static final class CgroupKeyCodec implements Codec<CgroupKey> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public CgroupKey read(MemorySegment memory, long offset) {
            return new CgroupKey(memory.get(CTypes.U64, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, CgroupKey key) {
            memory.set(CTypes.U64, offset, key.id);
        }
    }
}
