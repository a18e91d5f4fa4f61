// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What a frontend leads to: the value of `frontends`.
///
/// @param service index into `services`
/// @param localSet whether clients of this frontend are given backends of the local set, not of the cluster set
public record Frontend(int service, boolean localSet) {

    static final int LOCAL_SET = 1;

    static final StructLayout LAYOUT =
            CTypes.struct("frontend", CTypes.U32.withName("service"), CTypes.U32.withName("flags"));

    /// `struct frontend`
    public static final Codec<Frontend> CODEC = new FrontendCodec();

    /// For example `service 12, local set`.
    @Override
    public String toString() {
        return "service " + Integer.toUnsignedString(service) + (localSet ? ", local set" : "");
    }

    private static final class FrontendCodec implements Codec<Frontend> {

        private static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");
        private static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public Frontend read(MemorySegment memory, long offset) {
            int flags = (int) FLAGS.get(memory, offset);
            if ((flags & ~LOCAL_SET) != 0) {
                throw new CorruptRecordException("frontend.flags: 0x" + Integer.toHexString(flags));
            }
            return new Frontend((int) SERVICE.get(memory, offset), flags == LOCAL_SET);
        }

        @Override
        public void write(MemorySegment memory, long offset, Frontend frontend) {
            SERVICE.set(memory, offset, frontend.service);
            FLAGS.set(memory, offset, frontend.localSet ? LOCAL_SET : 0);
        }
    }
}
